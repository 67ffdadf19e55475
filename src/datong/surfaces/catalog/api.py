"""/storefronts, /categories, /products, /shops: what everyone may read."""

from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.params import Parameter

from datong.commerce import catalog, inventory, merchant
from datong.commerce.catalog import Order
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import NotFound
from datong.kernel.tx import Tx
from datong.surfaces.api_context import Cursor, Limit, PathId
from datong.surfaces.api_views import (
    PageView,
    ProductCard,
    ProductPage,
    ShopCard,
    SkuView,
    Texts,
    product_card,
    shop_card,
)
from datong.surfaces.request_context import AnyRequest, db_of, read_id

Code = Annotated[str, Parameter(query="storefront", max_length=40, description="a brand's code; empty: all of them")]


class StorefrontView(msgspec.Struct, frozen=True):
    """A brand."""

    id: str
    code: str
    names: Texts
    currency: str
    time_zone: str
    languages: list[str]


class CategoryView(msgspec.Struct, frozen=True):
    """A category of the tree."""

    id: str
    parent_id: str
    vertical: str
    names: Texts
    is_leaf: bool


class AttributeView(msgspec.Struct, frozen=True):
    """An attribute a category's products have."""

    ref: str
    names: Texts
    kind: str
    unit: str
    is_required: bool
    is_sale: bool
    values: list[dict[str, Any]]


@get("/storefronts", tags=["goods"])
async def storefronts(request: AnyRequest) -> list[StorefrontView]:
    """The brands of the platform."""
    async with db_of(request).read() as tx:
        found = await get_storefronts(tx)
    return [
        StorefrontView(str(each.storefront_id), each.code, each.names, each.currency, each.time_zone, each.languages)
        for each in found.shown
    ]


@get("/categories", tags=["goods"])
async def categories(request: AnyRequest, parent_id: str = "0") -> list[CategoryView]:
    """The categories right below one; 0 for the roots."""
    async with db_of(request).read() as tx:
        book = await catalog.get_category_book(tx)
    parent = 0 if parent_id == "0" else book.get(read_id(parent_id, "category")).category_id
    return [
        CategoryView(
            str(each.category_id), str(each.parent_id), book.verticals[each.vertical_id].code, each.names, each.is_leaf
        )
        for each in book.children(parent)
    ]


@get("/categories/{category_id:str}/attributes", tags=["goods"])
async def attributes(request: AnyRequest, category_id: PathId) -> list[AttributeView]:
    """What products of a category are described by."""
    async with db_of(request).read() as tx:
        book = await catalog.get_category_book(tx)
        category = book.get(read_id(category_id, "category"))
        bindings, values = await catalog.list_bindings(tx, [category.category_id])
    return [
        AttributeView(
            each.ref, each.names, each.kind, each.unit, each.is_required, each.is_sale,
            [{"ref": value.ref, "names": value.names} for value in values.get(each.attribute_id, [])],
        )
        for each in bindings
    ]  # fmt: skip


@get("/products", tags=["goods"])
async def products(
    request: AnyRequest,
    storefront: Code = "",
    category_id: str = "0",
    order: Order = "mixed",
    cursor: Cursor = "",
    limit: Limit = 20,
) -> PageView[ProductCard]:
    """What is on sale, by brand and category."""
    async with db_of(request).read() as tx:
        wanted = await storefront_ids(tx, storefront)
        category = 0 if category_id == "0" else read_id(category_id, "category")
        page = await catalog.list_cards(tx, wanted, category, order, cursor, limit)
    return PageView([product_card(card) for card in page.items], page.next_cursor)


async def storefront_ids(tx: Tx, code: str) -> list[int]:
    """One brand by its code, or all of them."""
    brands = await get_storefronts(tx)
    found = [each.storefront_id for each in brands.shown if code in {"", each.code}]
    if code and not found:
        raise NotFound("storefront", code)
    return found


@get("/products/{product_id:str}", tags=["goods"])
async def product(request: AnyRequest, product_id: PathId) -> ProductPage:
    """A product with its SKUs, prices and what is free of each."""
    async with db_of(request).read() as tx:
        view = await catalog.get_product(tx, read_id(product_id, "product"))
        shop = await merchant.get_shop(tx, view.product.shop_id)
        stock = await inventory.free_of(tx, [sku.sku_id for sku in view.skus])
        brand = (await get_storefronts(tx)).get(shop.storefront_id)
    each = view.product
    skus = [
        SkuView(
            str(sku.sku_id), sku.labels, sku.sale_key, sku.list_price,
            stock[sku.sku_id].free if sku.sku_id in stock else 0,
        )
        for sku in view.skus
    ]  # fmt: skip
    return ProductPage(
        str(each.product_id), shop_card(shop), str(each.category_id), view.brand.names if view.brand else {},
        each.titles, each.points, each.description, each.pictures, each.props, brand.currency, each.sold_count,
        each.is_on_sale and brand.is_trading, each.version, skus,
    )  # fmt: skip


@get("/shops/{shop_id:str}", tags=["goods"])
async def shop(request: AnyRequest, shop_id: PathId) -> ShopCard:
    """A shop."""
    async with db_of(request).read() as tx:
        return shop_card(await merchant.get_shop(tx, read_id(shop_id, "shop")))


@get("/shops/{shop_id:str}/products", tags=["goods"])
async def shop_products(
    request: AnyRequest, shop_id: PathId, cursor: Cursor = "", limit: Limit = 20
) -> PageView[ProductCard]:
    """What a shop has on sale, newest first."""
    async with db_of(request).read() as tx:
        found = await merchant.get_shop(tx, read_id(shop_id, "shop"))
        page = await catalog.list_shop_cards(tx, found.shop_id, cursor, limit)
    return PageView([product_card(card) for card in page.items], page.next_cursor)


HANDLERS = [storefronts, categories, attributes, products, product, shop, shop_products]
