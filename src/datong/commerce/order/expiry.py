"""Orders whose clock has run out: unpaid ones close, unsent ones go back, shipped ones are confirmed."""

import logging
from datetime import timedelta

import msgspec

from datong.commerce.catalog import LineState, MovedBy
from datong.commerce.order.close_order import end_unpaid
from datong.commerce.order.confirm_receipt import finish
from datong.commerce.order.give_back_unsent import BY_CLOCK, miss_promise
from datong.commerce.order.hand_over import method_of
from datong.commerce.order.lifecycles import GOODS_MOVES, Lifecycle, lifecycle_of
from datong.commerce.order.queries import ShopOrder
from datong.commerce.order.refunds import LineRefund, refund_line
from datong.commerce.order.states import OrderState, WrongOrderState
from datong.commerce.order.transitions import lines_of, lock_order
from datong.kernel.refusal import Refusal
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx, is_lost

log = logging.getLogger("datong.order")


class DueOrder(msgspec.Struct, frozen=True):
    """An order whose clock has run out."""

    bkt: int
    order_id: int


DUE = rows(DueOrder, "select bkt, order_id from shop_order where due_at <= $1 order by due_at limit 500")


LATER = command("update shop_order set due_at = $4 where bkt = $1 and order_id = $2 and due_at <= $3")
PAUSE = timedelta(hours=1)
STAYED_IN_THE_SHOP = command("update order_line set parcel_id = 0 where bkt = $1 and line_id = any($2)")


async def run_due_orders(db: Db) -> int:
    """Do what is due, each order in its own transaction; answers how many were found.

    One that cannot be moved (the room of its kind or of a method is not installed), or fails, is looked at again an
    hour later and stops no other.
    """
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        try:
            async with db.begin(each.bkt) as tx:
                await run_due_order(tx, each.order_id)
            continue
        except Refusal as refusal:
            log.warning(
                "the clock of an order could not be followed", extra={"order": each.order_id, "code": refusal.code}
            )
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("the clock of an order failed", extra={"order": each.order_id})
        async with db.begin(each.bkt) as tx:
            await tx.run(LATER, each.bkt, each.order_id, tx.now, tx.now + PAUSE)
    return len(due)


async def run_due_order(tx: Tx, order_id: int) -> bool:
    """Close or confirm one order if its clock still says so under the lock; False if someone was faster."""
    order = await lock_order(tx, order_id)
    if order.due_at is None or order.due_at > tx.now:
        return False
    on_due = lifecycle_of(tx.house, order.kind).on_due.get(OrderState(order.state))
    if on_due is None:
        raise WrongOrderState(order.state)
    await on_due(tx, order)
    return True


async def _close_unpaid(tx: Tx, order: ShopOrder) -> None:
    await end_unpaid(tx, order, "timeout")


async def _confirm(tx: Tx, order: ShopOrder) -> None:
    """What the methods of its lines pay back by the clock goes back; the rest is confirmed."""
    lines = await lines_of(tx, order.order_id)
    uncollected = [
        line for line in lines
        if method_of(tx, line.method).allows(line.state, LineState.GIVEN_BACK, MovedBy.CLOCK)
    ]  # fmt: skip
    if not any(line.left for line in lines if line not in uncollected):
        # Nothing stays bought: what was to be given along has not left the shop either, and is free with the order.
        gifts = [line.line_id for line in uncollected if not line.payable]
        await tx.run(STAYED_IN_THE_SHOP, tx.bucket, gifts)
    for line in uncollected:
        if line.left:
            pieces = line.quantity - line.refunded_pieces
            back = await refund_line(tx, order, LineRefund(line.line_id, line.left, pieces, 0, "RESTOCKED"))
            await tx.run(BY_CLOCK, tx.bucket, order.order_id, back.amount)
            order = await lock_order(tx, order.order_id)
    if order.state == OrderState.WAIT_BUYER_CONFIRM_GOODS:
        await finish(tx, order, "auto_confirmed")


GOODS = Lifecycle(
    key="goods",
    moves=GOODS_MOVES,
    on_due={
        OrderState.WAIT_BUYER_PAY: _close_unpaid,
        OrderState.WAIT_SELLER_SEND_GOODS: miss_promise,
        OrderState.SELLER_CONSIGNED_PART: miss_promise,
        OrderState.WAIT_BUYER_CONFIRM_GOODS: _confirm,
    },
)
