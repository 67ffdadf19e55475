"""Orders whose clock has run out: unpaid ones close, shipped ones are confirmed. A timer is a column."""

import msgspec

from datong.commerce.order.close_order import end_unpaid
from datong.commerce.order.confirm_receipt import finish
from datong.commerce.order.lifecycles import GOODS_MOVES, Lifecycle, lifecycle_of
from datong.commerce.order.queries import ShopOrder
from datong.commerce.order.states import OrderState, WrongOrderState
from datong.commerce.order.transitions import lock_order
from datong.kernel.sql import rows
from datong.kernel.tx import Db, Tx


class DueOrder(msgspec.Struct, frozen=True):
    """An order whose clock has run out."""

    bkt: int
    order_id: int


DUE = rows(DueOrder, "select bkt, order_id from shop_order where due_at <= $1 order by due_at limit 500")


async def run_due_orders(db: Db) -> int:
    """Do what is due, each order in its own transaction; answers how many were found."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        async with db.begin(each.bkt) as tx:
            await run_due_order(tx, each.order_id)
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
    await finish(tx, order, "auto_confirmed")


GOODS = Lifecycle(
    key="goods",
    moves=GOODS_MOVES,
    on_due={OrderState.WAIT_BUYER_PAY: _close_unpaid, OrderState.WAIT_BUYER_CONFIRM_GOODS: _confirm},
)
