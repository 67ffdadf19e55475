"""Handing over otherwise than in a parcel: the shop's forms on an order, and the buyer's new collection code."""

from litestar import post
from litestar.response import Redirect, Template

from datong.commerce import order
from datong.kernel.refusal import NotFound, Refusal
from datong.surfaces.forms import read_form
from datong.surfaces.order.labels import WRONG_CODES
from datong.surfaces.order.pages import show_order
from datong.surfaces.order.workbench import show_sold_order
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender

DETAILS = ("place", "content", "text")
"""What the forms of the house's own methods say; a room of another method brings a page of its own."""


@post("/workbench/{shop_id:str}/orders/{order_id:str}/handover", include_in_schema=False)
async def hand_over(request: AnyRequest, shop_id: str, order_id: str) -> Redirect | Template:
    """Hand over what is left of a method: ready to be collected, performed, or sent as text."""
    form = await read_form(request)
    db, each = db_of(request), read_id(order_id, "order")
    actor = await sender(request, is_fresh=True)
    details = {name: form[name] for name in DETAILS if name in form}
    lines = [read_id(name.removeprefix("line-"), "order_line") for name in form if name.startswith("line-")]
    try:
        await db.run(order.hand_over, actor, each, form.get("method", ""), details, form.get("request_key", ""), lines)
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            language = (await load_page_context(request, tx, is_fresh=True)).language
            return await show_sold_order(request, tx, shop_id, each, refusal_text(refusal, language), 409)
    await order.copy_order_now(db, each, read_id(shop_id, "shop"))
    return redirect_to(f"/workbench/{shop_id}/orders/{order_id}")


@post("/workbench/{shop_id:str}/orders/{order_id:str}/collect", include_in_schema=False)
async def collect(request: AnyRequest, shop_id: str, order_id: str) -> Redirect | Template:
    """Hand goods out against the code that the buyer shows."""
    form = await read_form(request)
    db, each = db_of(request), read_id(order_id, "order")
    actor = await sender(request, is_fresh=True)
    try:
        problem = WRONG_CODES.get(await db.run(order.collect_order, actor, each, form.get("code", "")), "")
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            problem = refusal_text(refusal, (await load_page_context(request, tx, is_fresh=True)).language)
    if problem:
        async with db.read() as tx:
            seen = await load_page_context(request, tx, is_fresh=True)
            return await show_sold_order(request, tx, shop_id, each, seen.say(problem), 409)
    await order.copy_order_now(db, each, read_id(shop_id, "shop"))
    return redirect_to(f"/workbench/{shop_id}/orders/{order_id}")


@post("/orders/{order_id:str}/collection-code", include_in_schema=False)
async def renew_code(request: AnyRequest, order_id: str) -> Redirect | Template:
    """A new code for the buyer, in place of one that others know or have locked."""
    each, db = read_id(order_id, "order"), db_of(request)
    actor = await sender(request)
    try:
        await db.run(order.renew_collection_code, actor, each)
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            seen = await load_page_context(request, tx)
            return await show_order(tx, seen, each, refusal_text(refusal, seen.language), 409)
    return redirect_to(f"/orders/{each}")


SHOPPER_HANDLERS = [renew_code]
DESK_HANDLERS = [hand_over, collect]
