"""/cart, /quotes, /purchases, /orders: what a shopper does."""

from collections.abc import Awaitable, Callable

import msgspec
from litestar import get, post

from datong.commerce import order
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.tx import Db
from datong.surfaces.api_context import Cursor, InState, Key, Limit, PathId, must_have_key, shopper
from datong.surfaces.api_views import (
    Made,
    OrderCard,
    OrderPage,
    PageView,
    PurchasePage,
    order_card,
    order_page,
    purchase_page,
)
from datong.surfaces.cart.api import InCart, chosen_of, wanted_of
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id

OrderAction = Callable[[Db, Actor, int], Awaitable[None]]


class PlaceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ticked lines, or just `lines` ("buy now"), for an address, at the total that was shown.

    `notes` by shop id; `address_id` is "0" where nothing travels.
    """

    address_id: str
    agreed: Money
    notes: dict[str, str] = {}
    lines: list[InCart] = []
    vouchers: list[str] | None = None
    """Which vouchers to use; without it the best ones are."""
    deposits: list[str] = []
    """Deposits whose balance is paid with it, beside `lines` and not with the cart."""
    keeps_coins: bool = False


class PayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which gateway to pay."""

    gateway: str = "sandbox"


class PayView(msgspec.Struct, frozen=True):
    """Where the buyer pays."""

    pay_url: str


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, out of the fixed list."""

    reason: str = "not_wanted"


@post("/purchases", status_code=201, tags=["buying"])
async def place(request: AnyRequest, data: PlaceRequest, key: Key = None) -> Made:
    """Place what is ticked in the cart, or the lines given, once for each `Idempotency-Key`."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    actor.must("member:order:place", actor.id)
    notes = {read_id(shop_id, "shop"): note for shop_id, note in data.notes.items()}
    purchase_id = await order.place_purchase(
        db,
        actor,
        0 if data.address_id == "0" else read_id(data.address_id, "address"),
        data.agreed,
        must_have_key(key),
        notes,
        wanted_of(data.lines),
        chosen_of(data.vouchers),
        [read_id(each, "deposit") for each in data.deposits],
        keeps_coins=data.keeps_coins,
    )
    return Made(str(purchase_id))


@get("/purchases/{purchase_id:str}", tags=["buying"])
async def see_purchase(request: AnyRequest, purchase_id: PathId) -> PurchasePage:
    """A purchase of mine."""
    async with db_of(request).read() as tx:
        return purchase_page(await order.get_purchase(tx, await shopper(request, tx), read_id(purchase_id, "purchase")))


@post("/purchases/{purchase_id:str}/payments", status_code=201, tags=["buying"])
async def pay(request: AnyRequest, purchase_id: PathId, data: PayRequest) -> PayView:
    """Open the payment of a purchase, or find the one that is open."""
    adapters = adapters_of(request)
    async with adapters.db.read() as tx:
        actor = await shopper(request, tx)
    url = await order.pay_purchase(
        adapters.db, adapters.gateways, actor, read_id(purchase_id, "purchase"), data.gateway, adapters.base_url
    )
    return PayView(url)


@get("/orders", tags=["buying"])
async def see_orders(
    request: AnyRequest, in_state: InState = "", cursor: Cursor = "", limit: Limit = 20
) -> PageView[OrderCard]:
    """My orders, newest first."""
    async with db_of(request).read() as tx:
        page = await order.list_orders(tx, await shopper(request, tx), [in_state] if in_state else [], cursor, limit)
    return PageView([order_card(each.order) for each in page.items], page.next_cursor)


@get("/orders/{order_id:str}", tags=["buying"])
async def see_order(request: AnyRequest, order_id: PathId) -> OrderPage:
    """An order, for its buyer or its shop's staff."""
    async with db_of(request).read() as tx:
        return order_page(await order.get_order(tx, await shopper(request, tx), read_id(order_id, "order")))


@post("/orders/{order_id:str}/close", status_code=204, tags=["buying"])
async def close(request: AnyRequest, order_id: PathId, data: Reason) -> None:
    """Close an unpaid order."""
    await _act(request, order_id, lambda db, actor, each: db.run(order.close_order, actor, each, data.reason))


@post("/orders/{order_id:str}/cancel", status_code=204, tags=["buying"])
async def cancel(request: AnyRequest, order_id: PathId, data: Reason) -> None:
    """Cancel a paid order that was not shipped; the money goes back."""
    await _act(request, order_id, lambda db, actor, each: db.run(order.cancel_paid_order, actor, each, data.reason))


@post("/orders/{order_id:str}/confirm", status_code=204, tags=["buying"])
async def confirm(request: AnyRequest, order_id: PathId) -> None:
    """Confirm receipt; the shop gets its money."""
    await _act(request, order_id, lambda db, actor, each: db.run(order.confirm_order, actor, each))


@post("/orders/{order_id:str}/extend", status_code=204, tags=["buying"])
async def extend(request: AnyRequest, order_id: PathId) -> None:
    """Take more time to confirm, once."""
    await _act(request, order_id, lambda db, actor, each: db.run(order.extend_by_buyer, actor, each))


@post("/orders/{order_id:str}/collection-code", status_code=204, tags=["buying"])
async def renew_code(request: AnyRequest, order_id: PathId) -> None:
    """A new collection code, in place of one that others know or have locked; the order shows it."""
    await _act(request, order_id, lambda db, actor, each: db.run(order.renew_collection_code, actor, each))


async def _act(request: AnyRequest, order_id: str, action: OrderAction) -> None:
    """Do one action on one order; raises what the action raises."""
    db, each = db_of(request), read_id(order_id, "order")
    async with db.read() as tx:
        actor = await shopper(request, tx)
    await action(db, actor, each)


HANDLERS = [place, see_purchase, pay, see_orders, see_order, close, cancel, confirm, extend, renew_code]
