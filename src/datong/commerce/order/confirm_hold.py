"""Open refund cases stop an order's confirm clock; when the last one ends, it goes on with what was left of it.

Source: domain.md §3: an open refund suspends the clock. Ship at 0, open at 9 d, withdraw at 12 d: it fires at 13 d.
"""

from datong.commerce.order.queries import ShopOrder
from datong.facts.order import OrderChanged
from datong.kernel.refusal import Conflict
from datong.kernel.sql import command
from datong.kernel.tx import Tx

OPEN = command(
    """
    update shop_order set open_cases = open_cases + 1, version = version + 1,
        paused_at = case when state = 'WAIT_BUYER_CONFIRM_GOODS' and due_at is not null then $3 else paused_at end,
        paused_due_at = case when state = 'WAIT_BUYER_CONFIRM_GOODS' and due_at is not null
            then due_at else paused_due_at end,
        due_at = case when state = 'WAIT_BUYER_CONFIRM_GOODS' then null else due_at end
    where bkt = $1 and order_id = $2
    """
)
END = command(
    """
    update shop_order set open_cases = open_cases - 1, version = version + 1,
        due_at = case when open_cases = 1 and state = 'WAIT_BUYER_CONFIRM_GOODS' and paused_at is not null
                      then paused_due_at + ($3 - paused_at) else due_at end,
        paused_at = case when open_cases = 1 then null else paused_at end,
        paused_due_at = case when open_cases = 1 then null else paused_due_at end
    where bkt = $1 and order_id = $2 and open_cases > 0
    """
)


class RefundIsOpen(Conflict):
    """A refund of this order is open; it is withdrawn or settled first."""

    code = "order.refund_is_open"


async def open_case(tx: Tx, order: ShopOrder) -> None:
    """A refund case of this locked order begins: its clock stops."""
    await tx.run(OPEN, tx.bucket, order.order_id, tx.now)
    tx.emit(OrderChanged(purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id))


async def end_case(tx: Tx, order: ShopOrder) -> None:
    """A refund case of this locked order has ended: after the last one its clock goes on."""
    await tx.run(END, tx.bucket, order.order_id, tx.now)
    tx.emit(OrderChanged(purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id))
