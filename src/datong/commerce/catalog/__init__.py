"""The catalogue: verticals, categories with their attributes, brands, products with SKUs, snapshots.

Owns what is for sale and at which list price. Calls `merchant`, `rulebook`. Tells
`ProductPublished`. Products and SKUs live in their shop's bucket; a SKU's id carries the bucket of its
stock. Every edit makes a new version, and an order keeps the version it was placed on.
"""

from datong.commerce.catalog.authorising import (
    NEEDS_AUTHORISATION,
    Brand,
    BrandNotAuthorised,
    authorise_brand,
    ensure_brands,
)
from datong.commerce.catalog.browsing import ORDERS, Card, Order, list_cards, list_shop_cards
from datong.commerce.catalog.checking import (
    AttributeMissing,
    PriceOutOfBounds,
    ProductDraft,
    SkuDraft,
    SkuTwice,
    TitleTooLong,
    sale_key,
)
from datong.commerce.catalog.classifying import (
    Attribute,
    AttributeDraft,
    AttributeValue,
    Binding,
    Category,
    CategoryBook,
    CategoryDraft,
    Vertical,
    get_category_book,
    list_bindings,
    save_attributes,
    save_bindings,
    save_categories,
    save_verticals,
)
from datong.commerce.catalog.publishing import (
    Publishing,
    Row,
    get_publishing,
    publish_batch,
    publish_product,
    set_list_prices,
    set_on_sale,
)
from datong.commerce.catalog.reach import Reach, ReachSets
from datong.commerce.catalog.reading import (
    Offer,
    Product,
    ProductView,
    Sku,
    Snapshot,
    get_offers,
    get_product,
    get_snapshots,
    list_products,
)

__all__ = [
    "NEEDS_AUTHORISATION",
    "ORDERS",
    "Attribute",
    "AttributeDraft",
    "AttributeMissing",
    "AttributeValue",
    "Binding",
    "Brand",
    "BrandNotAuthorised",
    "Card",
    "Category",
    "CategoryBook",
    "CategoryDraft",
    "Offer",
    "Order",
    "PriceOutOfBounds",
    "Product",
    "ProductDraft",
    "ProductView",
    "Publishing",
    "Reach",
    "ReachSets",
    "Row",
    "Sku",
    "SkuDraft",
    "SkuTwice",
    "Snapshot",
    "TitleTooLong",
    "Vertical",
    "authorise_brand",
    "ensure_brands",
    "get_category_book",
    "get_offers",
    "get_product",
    "get_publishing",
    "get_snapshots",
    "list_bindings",
    "list_cards",
    "list_products",
    "list_shop_cards",
    "publish_batch",
    "publish_product",
    "sale_key",
    "save_attributes",
    "save_bindings",
    "save_categories",
    "save_verticals",
    "set_list_prices",
    "set_on_sale",
]
