"""Tables of vouchers."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

voucher_template = table(
    "voucher_template",
    "sharded",
    column("template_id"),
    column("owner_id"),
    column("version", sa.Integer),
    column("kind", sa.Text),
    column("titles", Json),
    column("terms", Json),
    column("total"),
    column("claimed", sa.BigInteger, "0"),
    column("per_member", sa.Integer),
    column("claim_from", Instant),
    column("claim_until", Instant),
    column("use_from", Instant, null=True),
    column("use_until", Instant, null=True),
    column("use_days", sa.Integer),
    column("is_stopped", sa.Boolean, "false"),
    column("made_by"),
    column("made_at", Instant),
    key("bkt", "template_id"),
    index("voucher_template_owner", "bkt", "owner_id", "claim_until"),
    check("total", "total > 0 and claimed between 0 and total"),
    check("kind", "kind in ('coupon', 'envelope')"),
)

voucher_claim = table(
    "voucher_claim",
    "sharded",
    column("template_id"),
    column("member_id"),
    column("nth", sa.Integer),
    column("voucher_id"),
    column("claimed_at", Instant),
    key("bkt", "template_id", "member_id", "nth"),
)

voucher = table(
    "voucher",
    "sharded",
    column("voucher_id"),
    column("member_id"),
    column("template_id"),
    column("owner_id"),
    column("version", sa.Integer),
    column("kind", sa.Text),
    column("titles", Json),
    column("terms", Json),
    column("valid_from", Instant),
    column("valid_until", Instant),
    column("state", sa.Text),
    column("purchase_id", sa.BigInteger, "0"),
    column("changed_at", Instant),
    key("bkt", "voucher_id"),
    index("voucher_member", "bkt", "member_id", "state", "valid_until"),
    check("state", "state in ('CLAIMED', 'LOCKED', 'USED', 'EXPIRED')"),
    check("lock", "(state in ('LOCKED', 'USED')) = (purchase_id <> 0)"),
)

coin_account = table(
    "coin_account",
    "sharded",
    column("member_id"),
    column("balance"),
    key("bkt", "member_id"),
    check("not_overdrawn", "balance >= 0"),
)

coin_entry = table(
    "coin_entry",
    "sharded",
    column("member_id"),
    column("reason", sa.Text),
    column("ref_id"),
    column("amount"),
    column("entered_at", Instant),
    key("bkt", "member_id", "reason", "ref_id"),
    check("moves", "amount <> 0"),
)
