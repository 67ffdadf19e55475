"""Shipping: lines of a paid order go into parcels; when the last one has gone, the confirm clock starts."""

from collections.abc import Sequence
from datetime import timedelta

from datong.commerce.fulfilment import ParcelLine, open_parcel
from datong.commerce.order.queries import OrderLine, ShopOrder, own_order
from datong.commerce.order.states import AUTO_CONFIRM_DAYS, OrderState, WrongOrderState
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
MARK = command("update order_line set parcel_id = $3 where bkt = $1 and line_id = any($2) and parcel_id = 0")
TOUCH = command("update shop_order set version = version + 1 where bkt = $1 and order_id = $2")

STAND_STILL = command(
    """
    update shop_order set paused_at = $3, paused_due_at = due_at, due_at = null
    where bkt = $1 and order_id = $2 and due_at is not null
    """
)


class NothingToShip(Conflict):
    """The lines named are in a parcel already, or there are none left."""

    code = "order.nothing_to_ship"


@use_case("order_id")
async def ship_order(
    tx: Tx,
    actor: Actor,
    order_id: int,
    courier: str,
    tracking_no: str,
    request_key: str,
    line_ids: Sequence[int] = (),
) -> int:
    """Put these lines (none named: all that are left) into one parcel; answers its id, the same for the same key.

    Refuses `WrongOrderState`, `NothingToShip`, `NotFound` for lines of another order.
    """
    seen = await own_order(tx, actor, order_id, "ship")
    actor.must("shop:order:ship", seen.shop_id)
    order = await lock_order(tx, order_id)
    lines = await lines_of(tx, order_id)
    chosen = [line for line in lines if line.line_id in set(line_ids)] if line_ids else lines
    if len(chosen) < len(set(line_ids)):
        raise NotFound("order_line", "")
    going = [line for line in chosen if not is_gone(line)]
    parcel_id = tx.new_id(bucket_of(order_id))
    before = await remember(tx, order_id, request_key, [courier, tracking_no, sorted(line_ids)], parcel_id)
    if before is not None:
        return before
    if order.state not in SHIPPABLE:
        raise WrongOrderState(order.state)
    if not going or (line_ids and len(going) < len(chosen)):
        raise NothingToShip
    opened = [ParcelLine(line.line_id, line.quantity) for line in going]
    await open_parcel(tx, parcel_id, order.purchase_id, order_id, order.shop_id, courier, tracking_no, opened)
    await tx.run(MARK, tx.bucket, [line.line_id for line in going], parcel_id)
    left = sum(1 for line in lines if not is_gone(line)) - len(going)
    await _advance(tx, order, is_complete=left == 0)
    tx.emit(
        OrderShipped(
            purchase_id=order.purchase_id,
            order_id=order_id,
            shop_id=order.shop_id,
            parcel_id=parcel_id,
            is_complete=left == 0,
            shipped_at=tx.now,
            member_id=order.member_id,
        )
    )
    return parcel_id


def is_gone(line: OrderLine) -> bool:
    """Whether nothing of this line is to be sent any more: it is in a parcel, or all of it was given back."""
    return bool(line.parcel_id) or (line.payable > 0 and line.left == 0)


async def start_confirm_clock(tx: Tx, order: ShopOrder) -> None:
    """Everything that is bought is on its way; while a refund is open, the clock stands still from the start."""
    days = (await get_rules(tx)).value(AUTO_CONFIRM_DAYS, tx.now, Scope(storefront_id=order.storefront_id))
    due = tx.now + timedelta(days=days)
    await move_order(tx, order, OrderState.WAIT_BUYER_CONFIRM_GOODS, due_at=due, shipped_at=tx.now)
    if order.open_cases:
        await tx.run(STAND_STILL, tx.bucket, order.order_id, tx.now)


async def _advance(tx: Tx, order: ShopOrder, *, is_complete: bool) -> None:
    if is_complete:
        await start_confirm_clock(tx, order)
    elif order.state == OrderState.WAIT_SELLER_SEND_GOODS:
        await move_order(tx, order, OrderState.SELLER_CONSIGNED_PART)
    else:
        await tx.run(TOUCH, tx.bucket, order.order_id)
