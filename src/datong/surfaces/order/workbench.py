"""Orders in the workbench: found, flagged, repriced, sent one by one or many at once."""

import secrets
from collections.abc import Awaitable, Callable

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import aftersale, order, review
from datong.commerce.order import ShipRequest
from datong.kernel.actor import Actor
from datong.kernel.ids import is_id
from datong.kernel.paging import Page
from datong.kernel.refusal import Invalid, NotAllowed, NotFound, Refusal
from datong.kernel.tx import Db, Tx
from datong.surfaces.aftersale.case_parts import case_words
from datong.surfaces.forms import read_amount, read_form, read_number
from datong.surfaces.fulfilment.labels import LINE_PLACES, METHODS
from datong.surfaces.labels import worded
from datong.surfaces.order.labels import COURIERS, FLAGS, REASONS, SELLER_TAB_LABELS, SELLER_TABS, STATES
from datong.surfaces.order.price_breakdown import explain_cuts
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, db_of, read_id, sender
from datong.surfaces.review.labels import RESULTS
from datong.surfaces.workbench_frame import Entered, enter, work_page

MAX_DIGITS = 19
Form = dict[str, str]
OrderAct = Callable[[Db, Actor, int, Form], Awaitable[str | None]]
"""Does one thing with an order; answers what the page says against it, if anything."""


async def _find(tx: Tx, entered: Entered, tab: str, cursor: str, number: str, flag: int) -> Page[order.SellerOrder]:
    """The order of a number, or those with a flag, or those of a tab."""
    seen, shop = entered
    if number:
        is_number = number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS and is_id(int(number))
        return Page(await order.find_seller_order(tx, seen.actor, shop.shop_id, int(number)) if is_number else [])
    if flag:
        return await order.list_flagged_orders(tx, seen.actor, shop.shop_id, flag, cursor, 20)
    return await order.list_seller_orders(tx, seen.actor, shop.shop_id, list(SELLER_TABS[tab]), cursor, 20)


async def _list(
    request: AnyRequest, tx: Tx, shop_id: str, asked: dict[str, str], problems: list[str] | None = None, sent: int = 0
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    seen.actor.must("shop:order:read", shop.shop_id)
    tab, number, flag = asked.get("tab") or "ship", asked.get("number", "").strip(), asked.get("flag", "")
    if tab not in SELLER_TABS or flag not in {"", *(str(each) for each in range(order.FLAGS + 1))}:
        raise Invalid("tab", ", ".join(SELLER_TABS))
    found = await _find(tx, entered, tab, asked.get("cursor", ""), number, int(flag or 0))
    memos = await order.get_memos(tx, seen.actor, shop.shop_id, [each.order_id for each in found.items])
    return await work_page(
        tx, entered, "order/orders", 409 if problems else 200, orders=found.items, next_cursor=found.next_cursor,
        tab=tab, tabs=[(key, seen.say(label)) for key, label in SELLER_TAB_LABELS.items()], wanted=number, flag=flag,
        memos=memos,
        flags=worded(FLAGS, seen.language), states=worded(STATES, seen.language), now=tx.now, couriers=COURIERS,
        problem=" · ".join(problems or []), sent=sent,
    )  # fmt: skip


@get("/workbench/{shop_id:str}/orders", include_in_schema=False)
async def orders(request: AnyRequest, shop_id: str) -> Template:
    """Orders by what is to do with them, by number or by flag."""
    async with db_of(request).read() as tx:
        return await _list(request, tx, shop_id, dict(request.query_params))


@post("/workbench/{shop_id:str}/ship", include_in_schema=False)
async def ship_many(request: AnyRequest, shop_id: str) -> Template:
    """Send every order that was given a tracking number; what could not go is said, the rest has gone."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    seen.actor.must("shop:order:ship", shop)
    parcels = [
        ShipRequest(read_id(name.removeprefix("no-"), "order"), form.get("courier", ""), text)
        for name, text in form.items()
        if name.startswith("no-") and text.strip()
    ]
    answers = await order.ship_many(db, seen.actor, shop, parcels)
    problems = [f"{each.order_id}: {refusal_text(each.refusal, seen.language)}" for each in answers if each.refusal]
    async with db.read() as tx:
        sent = sum(1 for each in answers if each.parcel_id)
        return await _list(request, tx, shop_id, {"tab": "ship"}, problems[:5], sent)


async def _order_page(
    request: AnyRequest, tx: Tx, shop_id: str, order_id: int, problem: str = "", status: int = 200
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    seen.actor.must("shop:order:read", shop.shop_id)
    view = await order.get_order(tx, seen.actor, order_id)
    cases: list[aftersale.RefundCase] = []
    if seen.actor.may("shop:refund:read", shop.shop_id):
        cases = await aftersale.list_cases_of(tx, view.order)
    rating = await review.find_order_rating(tx, seen.actor, order_id)
    if view.order.shop_id != shop.shop_id:
        raise NotAllowed("shop:order:read")
    return await work_page(
        tx, entered, "order/order", status, view=view, states=worded(STATES, seen.language), problem=problem,
        now=tx.now, reasons=list(worded(REASONS, seen.language).items()), couriers=COURIERS,
        cuts=explain_cuts(view.lines, seen.language), flags=worded(FLAGS, seen.language),
        memo=(await order.get_memos(tx, seen.actor, shop.shop_id, [order_id])).get(order_id),
        request_key=secrets.token_urlsafe(16), suggested=f"SB{order_id % 10**10}",
        cases=cases, rating=rating, earns=order.shop_earnings(view.order, view.lines),
        results=worded(RESULTS, seen.language), methods=worded(METHODS, seen.language),
        line_states=worded(LINE_PLACES, seen.language), **case_words(seen),
    )  # fmt: skip


@get("/workbench/{shop_id:str}/orders/{order_id:str}", include_in_schema=False)
async def order_page(request: AnyRequest, shop_id: str, order_id: str) -> Template:
    """One order, with what can be done."""
    async with db_of(request).read() as tx:
        return await _order_page(request, tx, shop_id, read_id(order_id, "order"))


async def act_on_order(request: AnyRequest, shop_id: str, order_id: str, act: OrderAct) -> Redirect | Template:
    """Do something with an order of the shop; what stands against it is said on the order's page."""
    form = await read_form(request)
    db, each = db_of(request), read_id(order_id, "order")
    async with db.read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        seen = await load_page_context(request, tx, is_fresh=True)
    try:
        said = await act(db, actor, each, form)
        problem = seen.say(said) if said else ""
    except NotFound:
        raise
    except Refusal as refusal:
        problem = refusal_text(refusal, seen.language)
    if problem:
        async with db.read() as tx:
            return await _order_page(request, tx, shop_id, each, problem, 409)
    await order.copy_order_now(db, each, read_id(shop_id, "shop"))
    return redirect_to(f"/workbench/{shop_id}/orders/{order_id}")


def lines_of_form(form: Form) -> list[int]:
    """The lines that are ticked in a form."""
    return [read_id(name.removeprefix("line-"), "order_line") for name in form if name.startswith("line-")]


@post("/workbench/{shop_id:str}/orders/{order_id:str}/{action:str}", include_in_schema=False)
async def act(request: AnyRequest, shop_id: str, order_id: str, action: str) -> Redirect | Template:
    """Ship, give more time, close or cancel."""
    if action not in ACTIONS:
        raise NotFound("action", action[:40])
    return await act_on_order(request, shop_id, order_id, ACTIONS[action])


async def _ship(db: Db, actor: Actor, order_id: int, form: Form) -> None:
    number = form.get("tracking_no", "").strip()
    await db.run(
        order.ship_order, actor, order_id, form.get("courier", ""), number, form.get("request_key", ""),
        lines_of_form(form),
    )  # fmt: skip


async def _price(db: Db, actor: Actor, order_id: int, form: Form) -> None:
    cut = read_amount(form, "cut") if form.get("cut", "").strip() else 0
    await db.run(order.reprice_order, actor, order_id, cut, read_amount(form, "freight"))


async def _extend(db: Db, actor: Actor, order_id: int, form: Form) -> None:
    await db.run(order.extend_by_seller, actor, order_id, read_number(form, "days"))


async def _cancel(db: Db, actor: Actor, order_id: int, form: Form) -> None:
    await db.run(order.cancel_paid_order, actor, order_id, form.get("reason", ""))


async def _close(db: Db, actor: Actor, order_id: int, form: Form) -> None:
    await db.run(order.close_order, actor, order_id, form.get("reason", ""))


ACTIONS: dict[str, OrderAct] = {
    "ship": _ship,
    "price": _price,
    "extend": _extend,
    "cancel": _cancel,
    "close": _close,
}


@post("/workbench/{shop_id:str}/orders/{order_id:str}/memo", include_in_schema=False)
async def note(request: AnyRequest, shop_id: str, order_id: str) -> Redirect:
    """Flag the order and note a few words for the shop's own people."""
    form = await read_form(request)
    db, shop, each = db_of(request), read_id(shop_id, "shop"), read_id(order_id, "order")
    actor = await sender(request, is_fresh=True)
    await db.run(order.set_memo, actor, shop, each, read_number(form, "flag", 0), form.get("text", ""))
    return redirect_to(f"/workbench/{shop_id}/orders/{order_id}")


HANDLERS = [orders, ship_many, order_page, act, note]
