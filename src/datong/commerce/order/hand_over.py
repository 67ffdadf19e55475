"""Handing over: lines of a paid order leave by the method they were bought with; the last one starts the confirm clock.

Source: domain.md §3 (partial shipping; clocks by kind of delivery).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from datong.commerce.catalog import FulfilmentMethod, HandedLine, HandOver, LineState, MovedBy, methods_of
from datong.commerce.order.queries import OrderLine, ShopOrder, own_order, sent_as
from datong.commerce.order.states import OrderState, WrongOrderState
from datong.commerce.order.transitions import lines_of, lock_order, move_order
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.order import OrderShipped
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, NotFound
from datong.kernel.request import remember
from datong.kernel.sql import command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

SHIPPABLE = frozenset({OrderState.WAIT_SELLER_SEND_GOODS, OrderState.SELLER_CONSIGNED_PART})
MARK = command(
    """
    update order_line set parcel_id = $3, received_at = $4
    where bkt = $1 and line_id = any($2) and parcel_id = 0
    """
)
TOUCH = command("update shop_order set version = version + 1 where bkt = $1 and order_id = $2")
STAND_STILL = command(
    """
    update shop_order set paused_at = $3, paused_due_at = due_at, due_at = null
    where bkt = $1 and order_id = $2 and due_at is not null
    """
)


class NothingToShip(Conflict):
    """The lines named are handed over already, or there are none left of this method."""

    code = "order.nothing_to_ship"


class MethodGone(Conflict):
    """The room that brings a line's fulfilment method is not installed; nothing moves such a line."""

    code = "order.method_gone"

    def __init__(self, method: str) -> None:
        self.method = method


@use_case("order_id")
async def hand_over(
    tx: Tx,
    actor: Actor,
    order_id: int,
    method: str,
    details: Mapping[str, str],
    request_key: str,
    line_ids: Sequence[int] = (),
) -> int:
    """Hand these lines (none named: all that are left of the method) over by their method; answers the hand-over's id.

    Lines of methods that are sent as this one go with them, each with its own clock.
    The same key answers the same id. Refuses `WrongOrderState`, `NothingToShip`, `Invalid` details, `NotFound` for
    lines of another order or another method.
    """
    seen = await own_order(tx, actor, order_id, "ship")
    actor.must("shop:order:ship", seen.shop_id)
    order = await lock_order(tx, order_id)
    lines = await lines_of(tx, order_id)
    mine = [line for line in lines if sent_as(tx.house, line.method) == method]
    chosen = [line for line in mine if line.line_id in set(line_ids)] if line_ids else mine
    if len(chosen) < len(set(line_ids)):
        raise NotFound("order_line", "")
    going = [line for line in chosen if not is_gone(line)]
    handover_id = tx.new_id(bucket_of(order_id))
    # A parcel's key is remembered as it was when parcels were all there was.
    said = list(details.values()) if method == "parcel" else [method, sorted(details.items())]
    before = await remember(tx, order_id, request_key, [*said, sorted(line_ids)], handover_id)
    if before is not None:
        return before
    if order.state not in SHIPPABLE:
        raise WrongOrderState(order.state)
    if not going or (line_ids and len(going) < len(chosen)):
        raise NothingToShip
    port = method_of(tx, method)
    what = as_handed(order, handover_id, going, details)
    is_received = not port.allows(LineState.WAITING, LineState.HANDED_OVER, MovedBy.SELLER)
    if is_received and not port.allows(LineState.WAITING, LineState.RECEIVED, MovedBy.SELLER):
        raise NothingToShip
    await port.hand_over(tx, what)
    await mark_handed(tx, order, method, what, is_received=is_received)
    return handover_id


async def hand_over_at_once(tx: Tx, order: ShopOrder, lines: Sequence[OrderLine]) -> None:
    """In the transaction that pays a locked order: hand over whatever its methods hand over with the payment."""
    for method in sorted({line.method for line in lines}):
        port = methods_of(tx.house).get(method)
        if port is None or port.on_paid is None:
            continue  # the money is here, whatever is installed
        going = [line for line in lines if line.method == method and not is_gone(line)]
        what = as_handed(order, tx.new_id(bucket_of(order.order_id)), going)
        if await port.on_paid(tx, what):
            if not port.allows(LineState.WAITING, LineState.RECEIVED, MovedBy.PAYMENT):
                raise WrongOrderState(order.state)
            await mark_handed(tx, await lock_order(tx, order.order_id), method, what, is_received=True)


async def mark_handed(tx: Tx, order: ShopOrder, method: str, what: HandOver, *, is_received: bool) -> None:
    """Lines of a locked order were handed over: mark them, move the order on, and tell it."""
    await tx.run(
        MARK, tx.bucket, [line.line_id for line in what.lines], what.handover_id, tx.now if is_received else None
    )
    after = await lines_of(tx, order.order_id)
    is_complete = all(is_gone(line) for line in after)
    if is_complete:
        await start_confirm_clock(tx, order, after)
    elif order.state == OrderState.WAIT_SELLER_SEND_GOODS:
        await move_order(tx, order, OrderState.SELLER_CONSIGNED_PART, due_at=order.due_at)
    else:
        await tx.run(TOUCH, tx.bucket, order.order_id)
    tx.emit(
        OrderShipped(
            purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id, parcel_id=what.handover_id,
            is_complete=is_complete, shipped_at=tx.now, member_id=order.member_id,
            method=method,
        )
    )  # fmt: skip


def method_of(tx: Tx, key: str) -> FulfilmentMethod:
    """The installed method of a name; refuses `MethodGone`."""
    found = methods_of(tx.house).get(key)
    if found is None:
        raise MethodGone(key)
    return found


def as_handed(
    order: ShopOrder, handover_id: int, lines: Sequence[OrderLine], details: Mapping[str, str] | None = None
) -> HandOver:
    """Lines of an order as a method takes them: what is left of each."""
    handed = [HandedLine(line.line_id, line.sku_id, line.quantity) for line in lines]
    return HandOver(
        handover_id, order.order_id, order.purchase_id, order.shop_id, order.member_id, handed, details or {}
    )


def is_gone(line: OrderLine) -> bool:
    """Whether nothing of this line is to be handed over any more: it was, or all of it was given back."""
    return line.state != LineState.WAITING


async def start_confirm_clock(tx: Tx, order: ShopOrder, lines: Sequence[OrderLine]) -> None:
    """Everything that is bought is handed over; while a refund is open, the clock stands still from the start."""
    due = await confirm_due(tx, order, lines)
    await move_order(tx, order, OrderState.WAIT_BUYER_CONFIRM_GOODS, due_at=due, shipped_at=tx.now)
    if order.open_cases:
        await tx.run(STAND_STILL, tx.bucket, order.order_id, tx.now)


async def confirm_due(tx: Tx, order: ShopOrder, lines: Sequence[OrderLine]) -> datetime:
    """When the order is confirmed by itself, counted from now: the longest of its lines' methods."""
    rules, scope = await get_rules(tx), Scope(storefront_id=order.storefront_id)
    days = [0]
    for line in lines:
        if line.state == LineState.GIVEN_BACK:
            continue
        method = method_of(tx, line.method)
        proven = method.received_days if line.state == LineState.RECEIVED else None
        days.append(rules.value(proven or method.confirm_days, tx.now, scope))
    return tx.now + timedelta(days=max(days))
