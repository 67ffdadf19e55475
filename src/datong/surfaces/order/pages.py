"""My orders: lists, one order, its actions, and the product as it was bought."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import aftersale, catalog, order, review
from datong.kernel.actor import Actor
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.tx import Tx
from datong.surfaces.aftersale.case_parts import case_words
from datong.surfaces.forms import read_form
from datong.surfaces.fulfilment.labels import LINE_PLACES, METHODS
from datong.surfaces.labels import worded
from datong.surfaces.order.labels import BUYER_TAB_LABELS, BUYER_TABS, REASONS, STATES, STEPS
from datong.surfaces.order.price_breakdown import saved_by_name
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.page_slots import load_slots
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender

"""The longest window any category has (domain.md §4)."""
ACTIONS: dict[str, Callable[[Tx, Actor, int], Awaitable[None]]] = {
    "confirm": order.confirm_order,
    "extend": order.extend_by_buyer,
    "collection-code": order.renew_collection_code,
}
ENDINGS: dict[str, Callable[[Tx, Actor, int, str], Awaitable[None]]] = {
    "close": order.close_order,
    "cancel": order.cancel_paid_order,
}


@get("/orders", include_in_schema=False)
async def orders(request: AnyRequest, tab: str = "", cursor: str = "") -> Template:
    """My orders by tab."""
    if tab not in BUYER_TABS:
        raise Invalid("tab", ", ".join(BUYER_TABS))
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        found = await order.list_orders(tx, seen.actor, BUYER_TABS[tab], cursor, 10)
        now = tx.now
    return page(
        seen,
        "order/orders.html",
        page_items=found.items,
        next_cursor=found.next_cursor,
        tabs=[(key, seen.say(label)) for key, label in BUYER_TAB_LABELS.items()],
        tab=tab,
        states=worded(STATES, seen.language),
        now=now,
    )


async def _own_order(tx: Tx, seen: PageContext, order_id: int) -> order.OrderView:
    """The buyer's own; shops and the platform have pages of theirs."""
    view = await order.get_order(tx, seen.actor, order_id)
    if view.order.member_id != seen.actor.id:
        raise NotFound("order", order_id)
    return view


async def _order_page(tx: Tx, seen: PageContext, order_id: int, problem: str = "", status: int = 200) -> Template:
    seen.must_be_member()
    view = await _own_order(tx, seen, order_id)
    language = seen.language
    cases = await aftersale.list_cases_of(tx, view.order)
    rating = await review.find_order_rating(tx, seen.actor, order_id)
    return page(
        seen,
        "order/order.html",
        status_code=status,
        slots=await load_slots(seen, "order.notes", order_id=order_id),
        view=view,
        states=worded(STATES, language),
        steps=worded(STEPS, language),
        reasons=list(worded(REASONS, language).items()),
        now=tx.now,
        problem=problem,
        saved=saved_by_name(view.lines, language),
        cases=cases,
        open_lines={case.line_id for case in cases if case.is_open},
        rating=rating,
        methods=worded(METHODS, language),
        line_states=worded(LINE_PLACES, language),
        askable={each.line_id for each in view.lines if await aftersale.may_ask(tx, view.order, each)},
        **case_words(seen),
    )


@get("/orders/{order_id:str}", include_in_schema=False)
async def order_page(request: AnyRequest, order_id: str) -> Template:
    """One order."""
    async with db_of(request).read() as tx:
        return await _order_page(tx, await load_page_context(request, tx), read_id(order_id, "order"))


@post("/orders/{order_id:str}/{action:str}", include_in_schema=False)
async def act(request: AnyRequest, order_id: str, action: str) -> Redirect | Template:
    """Confirm, take more time, ask for a new code, close or cancel; what stands against it is said on the page."""
    form = await read_form(request)
    each, db = read_id(order_id, "order"), db_of(request)
    actor = await sender(request)
    try:
        if action in ACTIONS:
            await db.run(ACTIONS[action], actor, each)
        elif action in ENDINGS:
            await db.run(ENDINGS[action], actor, each, form.get("reason", ""))
        else:
            raise NotFound("action", action[:40])
    except Conflict as refusal:
        async with db.read() as tx:
            seen = await load_page_context(request, tx)
            return await _order_page(tx, seen, each, refusal_text(refusal, seen.language), 409)
    return redirect_to(f"/orders/{each}")


@get("/orders/{order_id:str}/snapshots/{line_id:str}", include_in_schema=False)
async def snapshot(request: AnyRequest, order_id: str, line_id: str) -> Template:
    """The product of a line as it was when it was bought."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        view = await _own_order(tx, seen, read_id(order_id, "order"))
        lines = [line for line in view.lines if line.line_id == read_id(line_id, "order_line")]
        if not lines:
            raise NotFound("order_line", line_id[:40])
        bought = lines[0]
        kept = await catalog.get_snapshots(tx, [(bought.product_id, bought.product_version)])
    found = kept.get((bought.product_id, bought.product_version))
    made_at: datetime = found.made_at if found else view.order.placed_at
    draft: Any = found.body["draft"] if found else {}
    return page(
        seen,
        "order/snapshot.html",
        order_id=view.order.order_id,
        product_id=bought.product_id,
        version=bought.product_version,
        made_at=made_at,
        titles=bought.titles,
        picture=bought.picture,
        unit_price=bought.unit_price,
        currency=view.order.currency,
        description=draft.get("description", {}),
    )


HANDLERS = [orders, order_page, act, snapshot]
