"""What the clock does with a paid order that is not, or not all, sent: it reminds, and in the end gives the rest back.

A shop that stays silent past its promise has defaulted, as one that cancels: deposits in what goes back are paid once
more. What was sent goes on as a shipped order. An open refund case does not stop this clock, which works for the buyer.
"""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from datong.commerce.catalog import LineState
from datong.commerce.order.close_order import end_paid
from datong.commerce.order.hand_over import is_gone, start_confirm_clock
from datong.commerce.order.presale_balance import double_deposits
from datong.commerce.order.queries import OrderLine, ShopOrder
from datong.commerce.order.refunds import LineRefund, StockDisposition, refund_line, release_gift
from datong.commerce.order.ship_deadline import LAST_WARNING, ship_dates
from datong.commerce.order.states import UNSENT_REFUND_DAYS, OrderState
from datong.commerce.order.transitions import lines_of, lock_order
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.order import OrderChanged
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx

SET_DUE = command("update shop_order set due_at = $3, version = version + 1 where bkt = $1 and order_id = $2")
BY_CLOCK = command("update shop_order set uncollected = uncollected + $3 where bkt = $1 and order_id = $2")


class Clockless(msgspec.Struct, frozen=True):
    """A paid order without a clock."""

    bkt: int
    order_id: int


CLOCKLESS = rows(
    Clockless,
    """
    select bkt, order_id from shop_order
    where due_at is null and state in ('WAIT_SELLER_SEND_GOODS', 'SELLER_CONSIGNED_PART') order by order_id limit 200
    """,
)


async def miss_promise(tx: Tx, order: ShopOrder) -> None:
    """The clock of a locked order that waits for its shop has run out: remind both sides, or give back what is left.

    Nothing is given back before both were warned, however late the clock is looked at.
    """
    dates = await ship_dates(tx, order.storefront_id, order.paid_at or order.placed_at)
    if (order.due_at or tx.now) < dates.ends_at:
        due = dates.after(tx.now) if tx.now < dates.ends_at else tx.now + LAST_WARNING
        await tx.run(SET_DUE, tx.bucket, order.order_id, due)
        _tell(tx, order, "ship_late")
    elif order.state == OrderState.WAIT_SELLER_SEND_GOODS:
        await end_paid(tx, order, "not_sent", is_sellers=True)
    else:
        await _give_back_the_rest(tx, order)


async def _give_back_the_rest(tx: Tx, order: ShopOrder) -> None:
    """Some of it was sent: every line that was not is given back, and the order goes on with the others."""
    lines = await lines_of(tx, order.order_id)
    unsent = [line for line in lines if line.state == LineState.WAITING]
    for gift in unsent:
        if not gift.payable:
            await release_gift(tx, order, gift, _fate(gift, lines))
    paid = [line for line in unsent if line.payable]
    if holds := {line.hold_id for line in paid if line.hold_id}:
        # Before the order may end with them: then its deposits count as given back once.
        await double_deposits(tx, order, holds)
    for line in paid:
        pieces = line.quantity - line.refunded_pieces
        back = await refund_line(tx, order, LineRefund(line.line_id, line.left, pieces, 0, _fate(line, lines)))
        await tx.run(BY_CLOCK, tx.bucket, order.order_id, back.amount)
        order = await lock_order(tx, order.order_id)
    after = await lines_of(tx, order.order_id)
    if order.state == OrderState.SELLER_CONSIGNED_PART and all(is_gone(line) for line in after):
        await start_confirm_clock(tx, order, after)
    _tell(tx, order, "unsent_refunded")


def _fate(line: OrderLine, lines: Sequence[OrderLine]) -> StockDisposition:
    """Back on the shelf; but a hold is of one SKU, and goes back only if no other line of the order stands on it."""
    shared = [each for each in lines if (each.sku_id, each.hold_id) == (line.sku_id, line.hold_id)]
    return "RESTOCKED" if len(shared) == 1 else "GONE"


def _tell(tx: Tx, order: ShopOrder, change: str) -> None:
    tx.emit(
        OrderChanged(
            purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id, member_id=order.member_id,
            change=change,
        )
    )  # fmt: skip


async def start_missing_clocks(db: Db) -> int:
    """Give orders that were paid without a clock (in the release before, or by its processes) one; answers how many.

    Those that are late already are reminded now, and have all the days from now on.
    """
    async with db.read() as tx:
        found = await tx.all(CLOCKLESS)
    for each in found:
        async with db.begin(each.bkt) as tx:
            order = await lock_order(tx, each.order_id)
            if order.due_at is not None or order.state not in {
                OrderState.WAIT_SELLER_SEND_GOODS, OrderState.SELLER_CONSIGNED_PART,
            }:  # fmt: skip
                continue
            dates = await ship_dates(tx, order.storefront_id, order.paid_at or order.placed_at)
            days = (await get_rules(tx)).value(UNSENT_REFUND_DAYS, tx.now, Scope(storefront_id=order.storefront_id))
            is_late = tx.now >= dates.promised_at
            due = tx.now + timedelta(days=days) if is_late else dates.promised_at
            await tx.run(SET_DUE, tx.bucket, order.order_id, due)
            _tell(tx, order, "ship_late" if is_late else "")
    return len(found)
