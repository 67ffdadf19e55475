"""Tables of pricing."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, column, index, key, table

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
