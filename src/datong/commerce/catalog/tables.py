"""Tables of the catalogue."""

import sqlalchemy as sa

from datong.kernel.schema import Bytes, Instant, Json, Texts, check, column, index, key, table

vertical = table(
    "vertical",
    "reference",
    column("vertical_id"),
    column("code", sa.Text),
    column("names", Json),
    column("emblem", sa.Text),
    key("vertical_id"),
    index("vertical_code", "code", unique=True),
)

category = table(
    "category",
    "reference",
    column("category_id"),
    column("parent_id"),
    column("vertical_id"),
    column("ref", sa.Text),
    column("names", Json),
    column("is_leaf", sa.Boolean),
    key("category_id"),
    index("category_ref", "ref", unique=True),
)

attribute = table(
    "attribute",
    "reference",
    column("attribute_id"),
    column("ref", sa.Text),
    column("names", Json),
    column("kind", sa.Text),
    column("unit", sa.Text, "''"),
    key("attribute_id"),
    index("attribute_ref", "ref", unique=True),
    check("kind", "kind in ('choice', 'text', 'number', 'flag')"),
)

attribute_value = table(
    "attribute_value",
    "reference",
    column("value_id"),
    column("attribute_id"),
    column("ref", sa.Text),
    column("names", Json),
    key("value_id"),
    index("attribute_value_ref", "attribute_id", "ref", unique=True),
)

category_attribute = table(
    "category_attribute",
    "reference",
    column("category_id"),
    column("attribute_id"),
    column("is_required", sa.Boolean),
    column("is_key", sa.Boolean),
    column("is_sale", sa.Boolean),
    column("place", sa.Integer),
    key("category_id", "attribute_id"),
)

brand = table(
    "brand",
    "reference",
    column("brand_id"),
    column("ref", sa.Text),
    column("names", Json),
    key("brand_id"),
    index("brand_ref", "ref", unique=True),
)

product = table(
    "product",
    "sharded",
    column("product_id"),
    column("shop_id"),
    column("storefront_id"),
    column("category_id"),
    column("brand_id"),
    column("outer_id", sa.Text),
    column("version", sa.Integer),
    column("content_hash", Bytes),
    column("titles", Json),
    column("points", Json),
    column("description", Json),
    column("pictures", Texts),
    column("props", Json),
    column("specs", Json),
    column("weight_grams", sa.BigInteger),
    column("volume_cm3", sa.BigInteger),
    column("freight_template_id"),
    column("price_min"),
    column("price_max"),
    column("sold_count", sa.BigInteger, "0"),
    column("is_on_sale", sa.Boolean),
    column("published_at", Instant),
    column("changed_at", Instant),
    column("method", sa.Text, "'parcel'"),
    key("bkt", "product_id"),
    index("product_outer", "bkt", "shop_id", "outer_id", unique=True),
    index("product_shop", "bkt", "shop_id", "product_id"),
    check("prices", "price_min > 0 and price_max >= price_min"),
)

product_version = table(
    "product_version",
    "sharded",
    column("product_id"),
    column("version", sa.Integer),
    column("body", Json),
    column("made_at", Instant),
    key("bkt", "product_id", "version"),
)

sku = table(
    "sku",
    "sharded",
    column("sku_id"),
    column("product_id"),
    column("shop_id"),
    column("outer_id", sa.Text),
    column("sale_key", sa.Text),
    column("labels", Json),
    column("list_price"),
    column("is_offered", sa.Boolean),
    column("place", sa.Integer),
    key("bkt", "sku_id"),
    index("sku_sale_key", "bkt", "product_id", "sale_key", unique=True),
    check("price", "list_price > 0"),
)

category_change = table(
    "category_change",
    "local",
    column("category_id"),
    column("after_bkt", sa.Integer),
    column("after_product"),
    column("due_at", Instant),
    key("category_id"),
)

shelf = table(
    "shelf",
    "sharded",
    column("category_id"),
    column("product_id"),
    column("storefront_id"),
    column("price"),
    column("mixed", sa.Integer),
    key("bkt", "category_id", "product_id"),
    index("shelf_mixed", "category_id", "storefront_id", "mixed", "product_id"),
    index("shelf_newest", "category_id", "storefront_id", "product_id"),
    index("shelf_price", "category_id", "storefront_id", "price", "product_id"),
    index("shelf_product", "bkt", "product_id"),
)

goods_import = table(
    "goods_import",
    "sharded",
    column("import_id"),
    column("shop_id"),
    column("title", sa.Text),
    column("state", sa.Text),
    column("total", sa.Integer),
    column("done", sa.Integer),
    column("refused", sa.Integer),
    column("made_by"),
    column("made_at", Instant),
    column("ended_at", Instant, null=True),
    column("marked_at", Instant, null=True),
    key("bkt", "import_id"),
    index("goods_import_shop", "bkt", "shop_id", "import_id"),
    index("goods_import_marked", "marked_at", where="marked_at is not null"),
    check("state", "state in ('RUNNING', 'DONE') and (state = 'RUNNING') = (marked_at is not null)"),
    check("counts", "done between 0 and total and refused between 0 and done"),
)

goods_import_row = table(
    "goods_import_row",
    "sharded",
    column("import_id"),
    column("place", sa.Integer),
    column("outer_id", sa.Text),
    column("body", Json),
    column("outcome", sa.Text),
    column("code", sa.Text),
    column("reason", sa.Text),
    column("product_id", sa.BigInteger, "0"),
    key("bkt", "import_id", "place"),
    check("outcome", "outcome in ('waiting', 'new', 'changed', 'same', 'refused')"),
)

takedown = table(
    "takedown",
    "sharded",
    column("product_id"),
    column("shop_id"),
    column("attempts", sa.Integer, "0"),
    column("due_at", Instant),
    key("bkt", "product_id"),
    index("takedown_due", "due_at"),
)
