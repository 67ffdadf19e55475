"""The catalogue: verticals, categories with their attributes, brands, products with SKUs, snapshots.

Owns verticals, categories, attributes, brands, products with SKUs and versions, shelves, imports and takedowns, and
declares by which methods goods may reach their buyer. Calls `messaging`, `merchant`, `qualification`, `rulebook`. Tells
`ProductPublished`, `GoodsImported`, `ImportEnded`. Products and SKUs live in their shop's bucket; a SKU's id carries
the bucket of its stock. Every edit makes a new version, and an order keeps the version it was placed on.
"""

from datong.commerce.catalog.brands import Brand, ensure_brands
from datong.commerce.catalog.csv_import import TableWrong, read_table
from datong.commerce.catalog.descriptions import (
    Description,
    Place,
    describe_products,
    get_attribute_values,
    get_attributes,
    get_brands,
    list_places,
    list_product_ids,
)
from datong.commerce.catalog.edit_product import get_last_draft, set_list_prices, set_on_sale
from datong.commerce.catalog.fulfilment_methods import (
    FulfilmentMethod,
    HandedLine,
    HandOver,
    LineState,
    MovedBy,
    is_carried,
    methods_of,
)
from datong.commerce.catalog.images import read_image, store_image
from datong.commerce.catalog.import_jobs import get_import, list_imports, retry_refused, start_import
from datong.commerce.catalog.listing import Card, Order, get_cards, list_cards, list_shop_cards
from datong.commerce.catalog.needs import NEEDS_AUTHORISATION
from datong.commerce.catalog.product_scope import ProductScope, ProductScopeSets
from datong.commerce.catalog.publish_product import Publishing, get_publishing, publish_batch, publish_product
from datong.commerce.catalog.queries import (
    Offer,
    Product,
    ProductView,
    get_offers,
    get_product,
    get_snapshots,
    list_products,
)
from datong.commerce.catalog.request_brand import request_brand
from datong.commerce.catalog.taxonomy import (
    Attribute,
    AttributeDraft,
    AttributeValue,
    Binding,
    Category,
    CategoryBook,
    CategoryDraft,
    Vertical,
    get_bindings,
    get_category_book,
    list_attributes,
    list_bindings,
    list_values,
    save_attributes,
    save_bindings,
    save_categories,
    save_verticals,
    unbind_attribute,
)
from datong.commerce.catalog.validation import (
    ProductDraft,
    SkuDraft,
    sale_key,
)

__all__ = [
    "NEEDS_AUTHORISATION",
    "Attribute",
    "AttributeDraft",
    "AttributeValue",
    "Binding",
    "Brand",
    "Card",
    "Category",
    "CategoryBook",
    "CategoryDraft",
    "Description",
    "FulfilmentMethod",
    "HandOver",
    "HandedLine",
    "LineState",
    "MovedBy",
    "Offer",
    "Order",
    "Place",
    "Product",
    "ProductDraft",
    "ProductScope",
    "ProductScopeSets",
    "ProductView",
    "Publishing",
    "SkuDraft",
    "TableWrong",
    "Vertical",
    "describe_products",
    "ensure_brands",
    "get_attribute_values",
    "get_attributes",
    "get_bindings",
    "get_brands",
    "get_cards",
    "get_category_book",
    "get_import",
    "get_last_draft",
    "get_offers",
    "get_product",
    "get_publishing",
    "get_snapshots",
    "is_carried",
    "list_attributes",
    "list_bindings",
    "list_cards",
    "list_imports",
    "list_places",
    "list_product_ids",
    "list_products",
    "list_shop_cards",
    "list_values",
    "methods_of",
    "publish_batch",
    "publish_product",
    "read_image",
    "read_table",
    "request_brand",
    "retry_refused",
    "sale_key",
    "save_attributes",
    "save_bindings",
    "save_categories",
    "save_verticals",
    "set_list_prices",
    "set_on_sale",
    "start_import",
    "store_image",
    "unbind_attribute",
]
