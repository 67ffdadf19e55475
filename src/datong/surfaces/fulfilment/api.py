"""/shops/…/digital-goods: contents that are delivered with the payment."""

import msgspec
from litestar import delete, get, post

from datong.commerce import catalog, fulfilment
from datong.kernel.refusal import NotFound
from datong.surfaces.api_context import Key, PathId, asker, must_have_key, who
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class ContentsPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contents for a SKU: each serves one piece, or (`is_reusable`) the only one serves everybody."""

    sku_id: str
    contents: list[str]
    is_reusable: bool = False


class Added(msgspec.Struct, frozen=True):
    """How many were added."""

    added: int


class DigitalStockView(msgspec.Struct, frozen=True):
    """What lies ready for a SKU, and how many paid lines wait for more."""

    sku_id: str
    free: int
    has_reusable: bool
    waiting: int


@get("/shops/{shop_id:str}/products/{product_id:str}/digital-goods", tags=["selling"])
async def see_digital_goods(request: AnyRequest, shop_id: PathId, product_id: PathId) -> list[DigitalStockView]:
    """What lies ready for each SKU of a digital product of the shop."""
    shop, product = read_id(shop_id, "shop"), read_id(product_id, "product")
    async with db_of(request).read() as tx:
        actor = await who(request, tx)
        actor.must("shop:digital:edit", shop)
        view = await catalog.get_product(tx, product)
        if view.product.shop_id != shop:
            raise NotFound("product", product)
        stock = await fulfilment.list_digital_stock(tx, actor, shop, [sku.sku_id for sku in view.skus])
    return [DigitalStockView(str(each.sku_id), each.free, each.has_reusable, each.waiting) for each in stock.values()]


@post("/shops/{shop_id:str}/products/{product_id:str}/digital-goods", status_code=201, tags=["selling"])
async def add_digital_goods(
    request: AnyRequest, shop_id: PathId, product_id: PathId, data: ContentsPut, key: Key = None
) -> Added:
    """Lay contents ready, once for each `Idempotency-Key`; orders that wait are served at once."""
    db, actor = await asker(request)
    added = await db.run(
        fulfilment.add_digital_items, actor, read_id(shop_id, "shop"), read_id(product_id, "product"),
        read_id(data.sku_id, "sku"), data.contents, must_have_key(key), is_reusable=data.is_reusable,
    )  # fmt: skip
    return Added(added)


@delete("/shops/{shop_id:str}/products/{product_id:str}/digital-goods/{sku_id:str}", tags=["selling"])
async def drop_digital_goods(request: AnyRequest, shop_id: PathId, product_id: PathId, sku_id: PathId) -> None:
    """Remove all contents of a SKU that nobody has bought."""
    db, actor = await asker(request)
    await db.run(
        fulfilment.drop_digital_items, actor, read_id(shop_id, "shop"), read_id(product_id, "product"),
        read_id(sku_id, "sku"),
    )  # fmt: skip


HANDLERS = [see_digital_goods, add_digital_goods, drop_digital_goods]
