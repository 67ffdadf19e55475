"""Tables of the cart."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, check, column, index, key, table

cart_line = table(
    "cart_line",
    "sharded",
    column("owner_id"),
    column("sku_id"),
    column("product_id"),
    column("quantity", sa.Integer),
    column("is_ticked", sa.Boolean),
    column("added_at", Instant),
    key("bkt", "owner_id", "sku_id"),
    check("quantity", "quantity between 1 and 9999"),
    index("cart_line_age", "added_at"),
)

cart_sourced_line = table(
    "cart_sourced_line",
    "sharded",
    column("owner_id"),
    column("sku_id"),
    column("source_kind", sa.Text),
    column("source_ref", sa.Text),
    column("source_token", sa.Text),
    column("product_id"),
    column("quantity", sa.Integer),
    column("is_ticked", sa.Boolean),
    column("added_at", Instant),
    key("bkt", "owner_id", "sku_id", "source_kind", "source_ref", "source_token"),
    check("quantity", "quantity between 1 and 9999"),
    check("source", "source_kind <> ''"),
    index("cart_sourced_line_age", "added_at"),
)

cart_merge = table(
    "cart_merge",
    "sharded",
    column("member_id"),
    column("guest_id"),
    column("merged_at", Instant),
    key("bkt", "member_id", "guest_id"),
)
