"""/shops/…/products: publishing, prices and stock."""

import msgspec
from litestar import get, post, put

from datong.commerce import catalog, inventory
from datong.kernel.refusal import Invalid
from datong.surfaces.api_context import Cursor, Limit, PathId, asker, who
from datong.surfaces.api_views import PageView
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class SkuPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A SKU: price in minor units, labels by attribute reference, first stock."""

    price: int
    labels: dict[str, str] = {}
    outer_id: str = ""
    stock: int = 0


class ProductPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product; the same `outer_id` again changes it."""

    outer_id: str
    category_id: str
    titles: dict[str, str]
    skus: list[SkuPut]
    brand: str = ""
    points: dict[str, str] = {}
    description: dict[str, str] = {}
    pictures: list[str] = []
    props: dict[str, str | int | float | bool] = {}
    weight_grams: int = 0
    volume_cm3: int = 0
    freight_template_id: str = "0"
    is_on_sale: bool = True
    method: str = "parcel"
    """How it reaches the buyer: parcel, pickup, digital, service or none."""


class Published(msgspec.Struct, frozen=True):
    """What became of it: new, changed or same; SKU ids by sale key."""

    id: str
    outcome: str
    version: int
    sku_ids: dict[str, str]


class OnSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On sale or not."""

    is_on_sale: bool


class StockPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many are there, held ones included."""

    on_hand: int


class StockLeft(msgspec.Struct, frozen=True):
    """How many are there now."""

    on_hand: int


class OwnProduct(msgspec.Struct, frozen=True):
    """A product in the shop's own list."""

    id: str
    outer_id: str
    titles: dict[str, str]
    price_min: int
    price_max: int
    version: int
    is_on_sale: bool


@post("/shops/{shop_id:str}/products", status_code=200, tags=["selling"])
async def publish(request: AnyRequest, shop_id: PathId, data: ProductPut) -> Published:
    """Publish a product, or change it."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    freight = 0 if data.freight_template_id == "0" else read_id(data.freight_template_id, "freight_template")
    draft = catalog.ProductDraft(
        outer_id=data.outer_id,
        category_id=read_id(data.category_id, "category"),
        titles=data.titles,
        skus=[catalog.SkuDraft(sku.price, sku.labels, sku.outer_id) for sku in data.skus],
        brand=data.brand,
        points=data.points,
        description=data.description,
        pictures=data.pictures,
        props=data.props,
        weight_grams=data.weight_grams,
        volume_cm3=data.volume_cm3,
        freight_template_id=freight,
        is_on_sale=data.is_on_sale,
        method=data.method,
    )
    if any(not 0 <= sku.stock <= 10**9 for sku in data.skus):
        raise Invalid("stock", "0 to 1,000,000,000")
    row = await catalog.publish_product(db, actor, shop, draft)
    sku_ids = list(row.sku_ids.items())
    if sku_ids:
        stock = {catalog.sale_key(sku.labels): sku.stock for sku in data.skus}
        lines = [(sku_id, row.product_id, stock[name]) for name, sku_id in sku_ids]
        await inventory.put_first_stock(db, actor, shop, lines)
    return Published(str(row.product_id), row.outcome, row.version, {name: str(each) for name, each in sku_ids})


@get("/shops/{shop_id:str}/own-products", tags=["selling"])
async def own_products(
    request: AnyRequest, shop_id: PathId, cursor: Cursor = "", limit: Limit = 20
) -> PageView[OwnProduct]:
    """The shop's products, on sale or not."""
    async with db_of(request).read() as tx:
        page = await catalog.list_products(tx, await who(request, tx), read_id(shop_id, "shop"), cursor, limit)
    items = [
        OwnProduct(
            str(each.product_id), each.outer_id, each.titles, each.price_min, each.price_max, each.version,
            each.is_on_sale,
        )
        for each in [view.product for view in page.items]
    ]  # fmt: skip
    return PageView(items, page.next_cursor)


@put("/shops/{shop_id:str}/products/{product_id:str}/on-sale", status_code=204, tags=["selling"])
async def put_on_sale(request: AnyRequest, shop_id: PathId, product_id: PathId, data: OnSale) -> None:
    """Put a product on sale, or take it off."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    await catalog.set_on_sale(db, actor, shop, read_id(product_id, "product"), is_on_sale=data.is_on_sale)


@put("/shops/{shop_id:str}/stock/{sku_id:str}", tags=["selling"])
async def put_stock(request: AnyRequest, shop_id: PathId, sku_id: PathId, data: StockPut) -> StockLeft:
    """Say how many of a SKU there are."""
    db, actor = await asker(request)
    sku = read_id(sku_id, "sku")
    return StockLeft(await db.run(inventory.set_stock, actor, read_id(shop_id, "shop"), sku, data.on_hand))


HANDLERS = [publish, own_products, put_on_sale, put_stock]
