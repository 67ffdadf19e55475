"""Contents of digital goods: what lies ready for each SKU, and more of it."""

import secrets

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog, fulfilment
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_form
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.workbench_frame import enter, work_page


async def _page(
    request: AnyRequest, tx: Tx, shop_id: str, product_id: int, problem: str = "", typed: str = "", status: int = 200
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    seen.actor.must("shop:digital:edit", shop.shop_id)
    view = await catalog.get_product(tx, product_id)
    if view.product.shop_id != shop.shop_id or view.product.method != "digital":
        raise NotFound("product", product_id)
    stock = await fulfilment.list_digital_stock(tx, seen.actor, shop.shop_id, [sku.sku_id for sku in view.skus])
    return await work_page(
        tx, entered, "fulfilment/digital", status, view=view, stock=stock, problem=problem, typed=typed,
        request_key=secrets.token_urlsafe(16),
    )  # fmt: skip


@get("/workbench/{shop_id:str}/digital/{product_id:str}", include_in_schema=False)
async def see_digital(request: AnyRequest, shop_id: str, product_id: str) -> Template:
    """What lies ready for each SKU of a digital product."""
    async with db_of(request).read() as tx:
        return await _page(request, tx, shop_id, read_id(product_id, "product"))


@post("/workbench/{shop_id:str}/digital/{product_id:str}", include_in_schema=False)
async def change_digital(request: AnyRequest, shop_id: str, product_id: str) -> Redirect | Template:
    """Add contents, one a line or one for everybody, or remove those that nobody has bought."""
    form = await read_form(request)
    db, shop, product = db_of(request), read_id(shop_id, "shop"), read_id(product_id, "product")
    actor = await sender(request, is_fresh=True)
    sku, typed = read_id(form.get("sku_id", ""), "sku"), form.get("contents", "")
    try:
        if form.get("intent") == "drop":
            await db.run(fulfilment.drop_digital_items, actor, shop, product, sku)
        else:
            is_reusable = form.get("is_reusable") == "1"
            contents = [typed] if is_reusable else typed.splitlines()
            await db.run(
                fulfilment.add_digital_items, actor, shop, product, sku, contents, form.get("request_key", ""),
                is_reusable=is_reusable,
            )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            language = (await load_page_context(request, tx, is_fresh=True)).language
            return await _page(request, tx, shop_id, product, refusal_text(refusal, language), typed, 409)
    return redirect_to(f"/workbench/{shop_id}/digital/{product_id}")


HANDLERS = [see_digital, change_digital]
