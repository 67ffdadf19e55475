"""Tables of stock."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, check, column, index, key, table

stock = table(
    "stock",
    "sharded",
    column("sku_id"),
    column("product_id"),
    column("shop_id"),
    column("received"),
    column("on_hand"),
    column("held", sa.BigInteger, "0"),
    column("sold", sa.BigInteger, "0"),
    key("bkt", "sku_id"),
    check("never_below_zero", "on_hand >= 0 and held >= 0 and sold >= 0"),
    check("held_is_there", "held <= on_hand"),
    check("constant", "received = on_hand + sold"),
)

stock_entry = table(
    "stock_entry",
    "sharded",
    column("entry_id"),
    column("sku_id"),
    column("quantity"),
    column("reason", sa.Text),
    column("entered_by"),
    column("entered_at", Instant),
    key("bkt", "entry_id"),
    index("stock_entry_sku", "bkt", "sku_id", "entry_id"),
)

hold = table(
    "hold",
    "sharded",
    column("hold_id"),
    column("sku_id"),
    column("quantity"),
    column("state", sa.Text),
    column("expires_at", Instant, null=True),
    column("changed_at", Instant),
    column("owner_id", sa.BigInteger, "0"),
    key("bkt", "hold_id", "sku_id"),
    index("hold_expires", "expires_at", where="state = 'HELD'"),
    index("hold_owner", "bkt", "sku_id", "owner_id", where="state in ('HELD', 'BOUND')"),
    check("quantity", "quantity > 0"),
    check("state", "state in ('HELD', 'BOUND', 'SOLD', 'RELEASED', 'RETURNED')"),
)
