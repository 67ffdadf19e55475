"""Tables of refund cases and disputes."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

refund_case = table(
    "refund_case",
    "sharded",
    column("case_id"),
    column("order_id"),
    column("purchase_id"),
    column("line_id"),
    column("member_id"),
    column("shop_id"),
    column("storefront_id"),
    column("scope", Json),
    column("version", sa.Integer),
    column("state", sa.Text),
    column("kind", sa.Text),
    column("phase", sa.Text),
    column("is_sent", sa.Boolean),
    column("is_received", sa.Boolean),
    column("is_returned", sa.Boolean, "false"),
    column("reason", sa.Text),
    column("note", sa.Text, "''"),
    column("currency", sa.Text),
    column("amount"),
    column("pieces"),
    column("paid_back", sa.BigInteger, "0"),
    column("return_freight", sa.BigInteger, "0"),
    column("return_address", Json, null=True),
    column("what", Json),
    column("opened_at", Instant),
    column("due_at", Instant, null=True),
    column("ended_at", Instant, null=True),
    column("end_reason", sa.Text, "''"),
    key("bkt", "case_id"),
    index("refund_case_line", "bkt", "line_id", unique=True, where="ended_at is null"),
    index("refund_case_order", "bkt", "order_id", "case_id"),
    index("refund_case_member", "bkt", "member_id", "case_id"),
    index("refund_case_due", "due_at", where="due_at is not null"),
    check("amounts", "amount >= 0 and pieces > 0 and paid_back >= 0 and return_freight >= 0"),
    check("kind", "kind in ('REFUND', 'REFUND_AND_RETURN', 'EXCHANGE', 'RESHIPPING')"),
    check(
        "state",
        "state in ('WAIT_SELLER_AGREE', 'SELLER_REFUSE_BUYER', 'WAIT_BUYER_RETURN_GOODS', 'WAIT_SELLER_CONFIRM_GOODS',"
        " 'WAIT_SELLER_SEND_GOODS', 'WAIT_BUYER_CONFIRM_GOODS', 'WAIT_SELLER_RETURN_GOODS', 'WAIT_BUYER_RECEIVE_GOODS',"
        " 'SUCCESS', 'CLOSED')",
    ),
    check(
        "ended", "(state in ('SUCCESS', 'CLOSED')) = (ended_at is not null) and (ended_at is null or due_at is null)"
    ),
)

case_event = table(
    "case_event",
    "sharded",
    column("event_id"),
    column("case_id"),
    column("side", sa.Text),
    column("actor_id"),
    column("deed", sa.Text),
    column("text", sa.Text, "''"),
    column("details", Json, "'{}'"),
    column("happened_at", Instant),
    key("bkt", "event_id"),
    index("case_event_case", "bkt", "case_id", "event_id"),
)

evidence = table(
    "evidence",
    "sharded",
    column("evidence_id"),
    column("case_id"),
    column("side", sa.Text),
    column("actor_id"),
    column("file_key", sa.Text),
    column("media_type", sa.Text),
    column("size"),
    column("sha256", sa.Text),
    column("text", sa.Text, "''"),
    column("added_at", Instant),
    key("bkt", "evidence_id"),
    index("evidence_case", "bkt", "case_id", "evidence_id"),
    check("side", "side in ('buyer', 'seller')"),
)

dispute = table(
    "dispute",
    "sharded",
    column("dispute_id"),
    column("case_id"),
    column("version", sa.Integer),
    column("cs_status", sa.Integer),
    column("opened_by", sa.Text),
    column("is_buyer_ready", sa.Boolean, "false"),
    column("is_seller_ready", sa.Boolean, "false"),
    column("outcome", sa.Text, "''"),
    column("amount", sa.BigInteger, "0"),
    column("goodwill", sa.BigInteger, "0"),
    column("reason", sa.Text, "''"),
    column("decided_by", sa.BigInteger, "0"),
    column("decided_at", Instant, null=True),
    column("appealed_by", sa.Text, "''"),
    column("appeal_text", sa.Text, "''"),
    column("appeal_outcome", sa.Text, "''"),
    column("compensated", sa.BigInteger, "0"),
    column("opened_at", Instant),
    column("due_at", Instant, null=True),
    column("escalated_at", Instant, null=True),
    key("bkt", "dispute_id"),
    index("dispute_case", "bkt", "case_id", "dispute_id"),
    index("dispute_one_open", "bkt", "case_id", unique=True, where="due_at is not null"),
    index("dispute_due", "due_at", where="due_at is not null"),
    index("dispute_desk", "cs_status", "due_at", where="cs_status in (3, 10, 11)"),
    check("amounts", "amount >= 0 and goodwill >= 0"),
)

seller_case = table(
    "seller_case",
    "sharded",
    column("case_id"),
    column("shop_id"),
    column("order_id"),
    column("version", sa.Integer),
    column("state", sa.Text),
    column("kind", sa.Text),
    column("reason", sa.Text),
    column("currency", sa.Text),
    column("amount"),
    column("what", Json),
    column("is_disputed", sa.Boolean),
    column("opened_at", Instant),
    column("due_at", Instant, null=True),
    column("ended_at", Instant, null=True),
    key("bkt", "case_id"),
    index("seller_case_due", "bkt", "shop_id", "state", "due_at"),
    index("seller_case_shop", "bkt", "shop_id", "case_id"),
)

return_address = table(
    "return_address",
    "sharded",
    column("shop_id"),
    column("receiver", sa.Text),
    column("phone", sa.Text),
    column("region", sa.Text),
    column("city", sa.Text),
    column("street", sa.Text),
    column("changed_at", Instant),
    key("bkt", "shop_id"),
)

buyer_standing = table(
    "buyer_standing",
    "sharded",
    column("member_id"),
    column("finished", sa.Integer, "0"),
    column("lost", sa.Integer, "0"),
    column("version", sa.BigInteger, "0"),
    column("changed_at", Instant, "now()"),
    key("bkt", "member_id"),
)

shop_standing = table(
    "shop_standing",
    "sharded",
    column("shop_id"),
    column("score", sa.Integer),
    column("scored_at", Instant),
    key("bkt", "shop_id"),
)

goodwill_month = table(
    "goodwill_month",
    "sharded",
    column("month", sa.Text),
    column("spent"),
    key("bkt", "month"),
    check("spent", "spent >= 0"),
)

goodwill_use = table(
    "goodwill_use",
    "sharded",
    column("use_id"),
    column("month", sa.Text),
    column("amount"),
    column("used_at", Instant),
    key("bkt", "use_id"),
    check("amount", "amount > 0"),
)
