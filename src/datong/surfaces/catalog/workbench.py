"""Products in the workbench, with price and stock in place."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog, inventory
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Refusal
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_amount, read_form, read_number
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, db_of, read_id
from datong.surfaces.workbench_frame import enter, work_page


async def _products(
    request: AnyRequest, tx: Tx, shop_id: str, cursor: str, problem: str = "", status: int = 200
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    found = await catalog.list_products(tx, seen.actor, shop.shop_id, cursor, 12)
    views = found.items
    stock = await inventory.free_of(tx, [sku.sku_id for view in views for sku in view.skus])
    brand = (await get_storefronts(tx)).get(shop.storefront_id)
    return await work_page(
        tx, entered, "catalog/products", status, views=views, stock=stock, next_cursor=found.next_cursor, cursor=cursor,
        currency=brand.currency, problem=problem,
    )  # fmt: skip


@get("/workbench/{shop_id:str}/products", include_in_schema=False)
async def products(request: AnyRequest, shop_id: str, cursor: str = "") -> Template:
    """Products with price and stock in place."""
    async with db_of(request).read() as tx:
        return await _products(request, tx, shop_id, cursor)


@post("/workbench/{shop_id:str}/products/{product_id:str}", include_in_schema=False)
async def change_product(request: AnyRequest, shop_id: str, product_id: str) -> Redirect | Template:
    """New price and stock of a SKU, or the product on or off sale."""
    form = await read_form(request)
    db, shop, product = db_of(request), read_id(shop_id, "shop"), read_id(product_id, "product")
    cursor = form.get("cursor", "")
    async with db.read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        language = (await load_page_context(request, tx, is_fresh=True)).language
    actor.must("shop:product:edit", shop)
    try:
        if "is_on_sale" in form:
            await catalog.set_on_sale(db, actor, shop, product, is_on_sale=form["is_on_sale"] == "1")
        if "price" in form:
            await catalog.set_list_prices(
                db, actor, shop, product, {form.get("sale_key", ""): read_amount(form, "price")}
            )
        if "on_hand" in form:
            sku_id = read_id(form.get("sku_id", ""), "sku")
            await db.run(inventory.set_stock, actor, shop, sku_id, read_number(form, "on_hand"))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _products(request, tx, shop_id, cursor, refusal_text(refusal, language), 409)
    return redirect_to(f"/workbench/{shop_id}/products" + (f"?cursor={cursor}" if cursor else ""))


HANDLERS = [products, change_product]
