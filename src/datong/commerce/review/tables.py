"""Tables of reviews, credit and DSR.

Reviews live with the order; what shops and products make of them lives with the shop.
"""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

order_rating = table(
    "order_rating",
    "sharded",
    column("order_id"),
    column("member_id"),
    column("shop_id"),
    column("storefront_id"),
    column("version", sa.Integer),
    column("is_mutual", sa.Boolean),
    column("finished_at", Instant),
    column("closes_at", Instant),
    column("buyer_rated_at", Instant, null=True),
    column("description", sa.SmallInteger, "0"),
    column("service", sa.SmallInteger, "0"),
    column("logistics", sa.SmallInteger, "0"),
    column("seller_rated_at", Instant, null=True),
    column("seller_result", sa.Text, "''"),
    column("seller_text", sa.Text, "''"),
    column("is_seller_default", sa.Boolean, "false"),
    column("seller_shown_at", Instant, null=True),
    column("due_at", Instant, null=True),
    key("bkt", "order_id"),
    index("order_rating_member", "bkt", "member_id", "order_id"),
    index("order_rating_due", "due_at", where="due_at is not null"),
    check("scores", "description between 0 and 5 and service between 0 and 5 and logistics between 0 and 5"),
    check("result", "seller_result in ('', 'good', 'neutral', 'bad')"),
)

review = table(
    "review",
    "sharded",
    column("review_id"),
    column("order_id"),
    column("line_id"),
    column("member_id"),
    column("shop_id"),
    column("product_id"),
    column("version", sa.Integer),
    column("result", sa.Text),
    column("text", sa.Text, "''"),
    column("tags", Json, "'[]'"),
    column("pictures", sa.Integer, "0"),
    column("labels", Json),
    column("titles", Json),
    column("author", sa.Text),
    column("is_anonymous", sa.Boolean),
    column("is_default", sa.Boolean),
    column("written_at", Instant),
    column("shown_at", Instant, null=True),
    column("changed_at", Instant, null=True),
    column("is_held", sa.Boolean, "false"),
    column("removed_at", Instant, null=True),
    column("remove_reason", sa.Text, "''"),
    column("look_at", Instant, null=True),
    column("look_reason", sa.Text, "''"),
    column("follow_up", sa.Text, "''"),
    column("follow_up_pictures", sa.Integer, "0"),
    column("followed_up_at", Instant, null=True),
    column("reply", sa.Text, "''"),
    column("replied_at", Instant, null=True),
    key("bkt", "review_id"),
    index("review_line", "bkt", "line_id", unique=True),
    index("review_order", "bkt", "order_id"),
    index("review_look", "look_at", where="look_at is not null"),
    check("result", "result in ('good', 'neutral', 'bad')"),
)

product_review = table(
    "product_review",
    "sharded",
    column("review_id"),
    column("product_id"),
    column("shop_id"),
    column("order_id"),
    column("member_id"),
    column("version", sa.Integer),
    column("is_shown", sa.Boolean),
    column("result", sa.Text),
    column("month", sa.Text),
    column("body", Json),
    column("has_pictures", sa.Boolean),
    column("has_reply", sa.Boolean),
    column("is_default", sa.Boolean),
    column("written_at", Instant),
    key("bkt", "review_id"),
    index("product_review_product", "bkt", "product_id", "review_id", where="is_shown"),
    index("product_review_shop", "bkt", "shop_id", "review_id", where="is_shown"),
)

product_rating = table(
    "product_rating",
    "sharded",
    column("product_id"),
    column("good", sa.Integer, "0"),
    column("neutral", sa.Integer, "0"),
    column("bad", sa.Integer, "0"),
    column("with_pictures", sa.Integer, "0"),
    key("bkt", "product_id"),
    check("counts", "good >= 0 and neutral >= 0 and bad >= 0 and with_pictures >= 0"),
)

credit = table(
    "credit",
    "sharded",
    column("owner_id"),
    column("total", sa.Integer, "0"),
    column("good", sa.Integer, "0"),
    column("neutral", sa.Integer, "0"),
    column("bad", sa.Integer, "0"),
    key("bkt", "owner_id"),
)

credit_month = table(
    "credit_month",
    "sharded",
    column("owner_id"),
    column("giver_id"),
    column("month", sa.Text),
    column("given", sa.Integer),
    key("bkt", "owner_id", "giver_id", "month"),
)

dsr_rating = table(
    "dsr_rating",
    "sharded",
    column("order_id"),
    column("shop_id"),
    column("member_id"),
    column("month", sa.Text),
    column("day", sa.Date),
    column("description", sa.SmallInteger),
    column("service", sa.SmallInteger),
    column("logistics", sa.SmallInteger),
    column("is_active", sa.Boolean),
    column("is_counted", sa.Boolean),
    key("bkt", "order_id"),
    index("dsr_rating_pair", "bkt", "shop_id", "member_id", "month"),
)

dsr_day = table(
    "dsr_day",
    "sharded",
    column("shop_id"),
    column("day", sa.Date),
    column("ratings", sa.Integer, "0"),
    column("description", sa.Integer, "0"),
    column("service", sa.Integer, "0"),
    column("logistics", sa.Integer, "0"),
    key("bkt", "shop_id", "day"),
    check("counts", "ratings >= 0 and description >= ratings and service >= ratings and logistics >= ratings"),
)

shop_dsr = table(
    "shop_dsr",
    "sharded",
    column("shop_id"),
    column("storefront_id"),
    column("as_of", sa.Date),
    column("since", sa.Date),
    column("ratings", sa.Integer, "0"),
    column("description", sa.Integer, "0"),
    column("service", sa.Integer, "0"),
    column("logistics", sa.Integer, "0"),
    key("bkt", "shop_id"),
    index("shop_dsr_as_of", "storefront_id", "as_of"),
    check("counts", "ratings >= 0 and description >= ratings and service >= ratings and logistics >= ratings"),
)
