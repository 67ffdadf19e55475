"""Tables of pricing."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

freight_template = table(
    "freight_template",
    "sharded",
    column("template_id"),
    column("shop_id"),
    column("title", sa.Text),
    column("body", Json),
    column("changed_at", Instant),
    key("bkt", "template_id"),
    index("freight_template_shop", "bkt", "shop_id"),
)

promotion = table(
    "promotion",
    "sharded",
    column("promotion_id"),
    column("owner_id"),
    column("version", sa.Integer),
    column("state", sa.Text),
    column("titles", Json),
    column("terms", Json),
    column("starts_at", Instant),
    column("ends_at", Instant),
    column("budget"),
    column("committed", sa.BigInteger, "0"),
    column("limit_uses"),
    column("used", sa.BigInteger, "0"),
    column("per_buyer"),
    column("spent", sa.BigInteger, "0"),
    column("made_by"),
    column("made_at", Instant),
    key("bkt", "promotion_id"),
    index("promotion_running", "bkt", "owner_id", "ends_at", where="state = 'LIVE'"),
    check("budget", "committed >= 0 and (budget = 0 or committed <= budget)"),
    check("limit", "used >= 0 and (limit_uses = 0 or used <= limit_uses)"),
    check("state", "state in ('LIVE', 'STOPPED')"),
)

promotion_use = table(
    "promotion_use",
    "sharded",
    column("promotion_id"),
    column("purchase_id"),
    column("shop_id"),
    column("member_id"),
    column("amount"),
    column("uses"),
    column("state", sa.Text),
    column("expires_at", Instant, null=True),
    column("changed_at", Instant),
    key("bkt", "promotion_id", "purchase_id", "shop_id"),
    index("promotion_use_buyer", "bkt", "promotion_id", "member_id", where="state in ('HELD', 'KEPT')"),
    index("promotion_use_purchase", "bkt", "purchase_id"),
    index("promotion_use_expires", "expires_at", where="state = 'HELD'"),
    check("state", "state in ('HELD', 'KEPT', 'RELEASED')"),
)

promotion_enrolment = table(
    "promotion_enrolment",
    "sharded",
    column("shop_id"),
    column("promotion_id"),
    column("enrolled_at", Instant),
    key("bkt", "shop_id", "promotion_id"),
)
