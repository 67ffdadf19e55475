"""Tables of money."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, check, column, index, key, table

ledger_entry = table(
    "ledger_entry",
    "sharded",
    column("entry_id"),
    column("posting_id"),
    column("account", sa.Text),
    column("owner_id"),
    column("currency", sa.Text),
    column("amount"),
    column("kind", sa.Text),
    column("ref_id"),
    column("posted_at", Instant),
    key("bkt", "entry_id"),
    index("ledger_entry_owner", "bkt", "account", "owner_id", "entry_id"),
    index("ledger_entry_posting", "bkt", "posting_id"),
    check("moves", "amount <> 0"),
)

balance = table(
    "balance",
    "sharded",
    column("account", sa.Text),
    column("owner_id"),
    column("currency", sa.Text),
    column("amount"),
    key("bkt", "account", "owner_id", "currency"),
    index("balance_platform", "account", "currency", where="owner_id = 0"),
    check("not_overdrawn", "amount >= 0 or ledger_may_overdraw(account)"),
)

charge = table(
    "charge",
    "sharded",
    column("charge_id"),
    column("payer_id"),
    column("purchase_id"),
    column("gateway", sa.Text),
    column("currency", sa.Text),
    column("amount"),
    column("state", sa.Text),
    column("provider_ref", sa.Text, "''"),
    column("pay_url", sa.Text, "''"),
    column("requested_at", Instant),
    column("settled_at", Instant, null=True),
    column("due_at", Instant, null=True),
    column("subject_kind", sa.Text, "'purchase'"),
    column("subject_id", null=True),
    key("bkt", "charge_id"),
    index("charge_purchase", "bkt", "purchase_id"),
    index("charge_due", "due_at", where="due_at is not null"),
    check("amount", "amount > 0"),
    check("state", "state in ('REQUESTED', 'SENT', 'SUCCEEDED', 'FAILED')"),
)

charge_part = table(
    "charge_part",
    "sharded",
    column("charge_id"),
    column("order_id"),
    column("shop_id"),
    column("amount"),
    key("bkt", "charge_id", "order_id"),
    check("amount", "amount > 0"),
)

charge_event = table(
    "charge_event",
    "sharded",
    column("event_id", sa.Text),
    column("subject_id"),
    column("kind", sa.Text),
    column("received_at", Instant),
    key("bkt", "event_id"),
)

refund = table(
    "refund",
    "sharded",
    column("refund_id"),
    column("charge_id"),
    column("order_id"),
    column("gateway", sa.Text),
    column("provider_ref", sa.Text),
    column("currency", sa.Text),
    column("amount"),
    column("state", sa.Text),
    column("attempts", sa.Integer, "0"),
    column("reason", sa.Text, "''"),
    column("requested_at", Instant),
    column("settled_at", Instant, null=True),
    column("due_at", Instant, null=True),
    column("is_extra", sa.Boolean, "false"),
    column("case_id", sa.BigInteger, "0"),
    column("first_settled_at", Instant, null=True),
    column("declines", sa.Integer, "0"),
    key("bkt", "refund_id"),
    index("refund_order", "bkt", "order_id"),
    index("refund_due", "due_at", where="due_at is not null"),
    check("amount", "amount > 0"),
    check("state", "state in ('REQUESTED', 'SENT', 'SUCCEEDED', 'DECLINED')"),
)

payout_account = table(
    "payout_account",
    "sharded",
    column("shop_id"),
    column("gateway", sa.Text),
    column("destination", sa.Text),
    column("changed_at", Instant),
    column("due_at", Instant, null=True),
    key("bkt", "shop_id"),
    index("payout_account_check", "due_at", where="due_at is not null"),
)

payout = table(
    "payout",
    "sharded",
    column("payout_id"),
    column("shop_id"),
    column("gateway", sa.Text),
    column("currency", sa.Text),
    column("amount"),
    column("state", sa.Text),
    column("attempts", sa.Integer, "0"),
    column("reason", sa.Text, "''"),
    column("requested_at", Instant),
    column("settled_at", Instant, null=True),
    column("due_at", Instant, null=True),
    column("destination", sa.Text, "''"),
    key("bkt", "payout_id"),
    index("payout_shop", "bkt", "shop_id", "payout_id"),
    index("payout_due", "due_at", where="due_at is not null"),
    check("amount", "amount > 0"),
    check("state", "state in ('REQUESTED', 'SENT', 'PAID', 'DECLINED')"),
)
