"""/shops/…/orders: what a shop sold, shipping it, extending receipt."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post

from datong.commerce import order
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.surfaces.api_context import Cursor, InState, Key, Limit, PathId, asker, must_have_key, who
from datong.surfaces.api_views import Made, PageView
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class Shipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parcel: these lines of the order, or all that are left."""

    courier: str
    tracking_no: str
    line_ids: list[str] = []


class HandoverPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines handed over by their method: these, or all that are left of it.

    `details` by method: `place` (pickup), `content` (digital), `text` (service), `courier` and `tracking_no` (parcel).
    """

    method: str
    details: dict[str, str]
    line_ids: list[str] = []


class CodePut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that the buyer shows."""

    code: str


class CodeAnswer(msgspec.Struct, frozen=True):
    """right, wrong, or locked after too many wrong ones."""

    outcome: str


class Extension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days more the buyer has."""

    days: int


class SoldOrder(msgspec.Struct, frozen=True):
    """An order in the shop's list."""

    id: str
    state: str
    total: Money
    pieces: int
    line_count: int
    first_line: dict[str, Any]
    region: str
    placed_at: datetime
    paid_at: datetime | None
    ship_by: datetime | None


@get("/shops/{shop_id:str}/orders", tags=["selling"])
async def sold_orders(
    request: AnyRequest, shop_id: PathId, in_state: InState = "", cursor: Cursor = "", limit: Limit = 30
) -> PageView[SoldOrder]:
    """The shop's orders, newest first."""
    async with db_of(request).read() as tx:
        actor = await who(request, tx)
        page = await order.list_seller_orders(
            tx, actor, read_id(shop_id, "shop"), [in_state] if in_state else [], cursor, limit
        )
    items = [
        SoldOrder(
            str(each.order_id), each.state, Money(each.payable, each.currency), each.pieces, each.line_count,
            each.first_line, each.region, each.placed_at, each.paid_at, each.ship_by,
        )
        for each in page.items
    ]  # fmt: skip
    return PageView(items, page.next_cursor)


@post("/orders/{order_id:str}/parcels", status_code=201, tags=["selling"])
async def ship(request: AnyRequest, order_id: PathId, data: Shipment, key: Key = None) -> Made:
    """Put lines of an order into a parcel and hand it over, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    each = read_id(order_id, "order")
    lines: Sequence[int] = [read_id(line_id, "order_line") for line_id in data.line_ids]
    parcel_id = await db.run(order.ship_order, actor, each, data.courier, data.tracking_no, must_have_key(key), lines)
    await _copy_now(request, actor, each)
    return Made(str(parcel_id))


async def _copy_now(request: AnyRequest, actor: Actor, order_id: int) -> None:
    """A seller who has just acted finds the list up to date."""
    async with db_of(request).read() as tx:
        shop_id = (await order.get_order(tx, actor, order_id)).order.shop_id
    await order.copy_order_now(db_of(request), order_id, shop_id)


@post("/orders/{order_id:str}/handovers", status_code=201, tags=["selling"])
async def hand_over(request: AnyRequest, order_id: PathId, data: HandoverPut, key: Key = None) -> Made:
    """Hand lines of an order over by their method, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    each = read_id(order_id, "order")
    lines = [read_id(line_id, "order_line") for line_id in data.line_ids]
    handover_id = await db.run(order.hand_over, actor, each, data.method, data.details, must_have_key(key), lines)
    await _copy_now(request, actor, each)
    return Made(str(handover_id))


@post("/orders/{order_id:str}/collection", status_code=200, tags=["selling"])
async def collect(request: AnyRequest, order_id: PathId, data: CodePut) -> CodeAnswer:
    """Hand goods out against the buyer's code; a wrong one is an answer, and counted."""
    db, actor = await asker(request)
    each = read_id(order_id, "order")
    outcome = await db.run(order.collect_order, actor, each, data.code)
    await _copy_now(request, actor, each)
    return CodeAnswer(outcome)


@post("/orders/{order_id:str}/seller-extension", status_code=204, tags=["selling"])
async def extend(request: AnyRequest, order_id: PathId, data: Extension) -> None:
    """Give the buyer more time to confirm."""
    db, actor = await asker(request)
    each = read_id(order_id, "order")
    await db.run(order.extend_by_seller, actor, each, data.days)


HANDLERS = [sold_orders, ship, hand_over, collect, extend]
