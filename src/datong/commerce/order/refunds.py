"""Giving back of an order: a line's money, up to the line's own share, and everything that was split off it.

Before success the money is in escrow; after it, it comes back from where settlement sent it, in the same proportion. An
order whose lines were all given back before success ends. Whether and why is `aftersale`'s to decide. Source: domain.md
§4-5.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from datong.commerce.catalog import is_carried
from datong.commerce.order.deposits import DEPOSIT
from datong.commerce.order.hand_over import SHIPPABLE, is_gone, start_confirm_clock
from datong.commerce.order.pay_purchase import PURCHASE
from datong.commerce.order.presale_balance import mark_deposits_refunded
from datong.commerce.order.queries import OrderLine, ShopOrder
from datong.commerce.order.reversal import cuts_between, undone
from datong.commerce.order.states import IN_ESCROW, OrderState, WrongOrderState
from datong.commerce.order.transitions import give_back_coins, give_back_tools, lines_of, move_order
from datong.commerce.payment import (
    LineParts,
    Undone,
    refund_escrow,
    refund_settled,
    settle_rest,
)
from datong.commerce.pricing import part_of_line
from datong.commerce.voucher import PLATFORM_FUNDER
from datong.facts.order import OrderClosed, OrderRefunded, RefundedLine, SettlementPartFact
from datong.kernel.house import House
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict
from datong.kernel.sql import command
from datong.kernel.tx import Tx

StockDisposition = Literal["", "RESTOCKED", "GONE"]

UNDO_LINE = command(
    """
    update order_line set refunded = refunded + $3, refunded_pieces = refunded_pieces + $4,
        commission_undone = commission_undone + $5, stock_fate = case when $6 = '' then stock_fate else $6 end
    where bkt = $1 and line_id = $2
    """
)
UNDO_ORDER = command(
    """
    update shop_order set refunded = refunded + $3, subsidy_undone = subsidy_undone + $4, version = version + 1
    where bkt = $1 and order_id = $2
    """
)
LAY_DOWN = command(
    """
    update order_line set stock_fate = case when parcel_id = 0 then 'RESTOCKED' else 'GONE' end
    where bkt = $1 and order_id = $2 and stock_fate = ''
    """
)


class RefundTooHigh(Conflict):
    """More than is left of what the buyer paid for the line; `left` is in minor units."""

    code = "order.refund_too_high"

    def __init__(self, left: int) -> None:
        self.left = left


class LineRefund(msgspec.Struct, frozen=True):
    """What goes back of one line: minor units of its share, pieces, and what becomes of the goods."""

    line_id: int
    amount: int
    pieces: int
    case_id: int
    fate: StockDisposition = ""


def max_refundable(line: OrderLine, pieces: int) -> int:
    """The most that may be given back for so many pieces of a line: its own share of what was paid."""
    left = line.quantity - line.refunded_pieces
    if pieces >= left:
        return line.left
    return min(line.left, part_of_line(line.payable, line.quantity, line.refunded_pieces, pieces))


def freight_with(house: House, order: ShopOrder, lines: Sequence[OrderLine], line_id: int, amount: int) -> int:
    """The freight that goes back with this much of a line.

    All of it, if of what travels nothing was sent and nothing stays bought; what does not travel has no part in it.
    """
    carried = [line for line in lines if is_carried(house, line.method)]
    if line_id not in {line.line_id for line in carried}:
        return 0
    others = sum(line.left for line in carried if line.line_id != line_id)
    mine = next(line.left for line in carried if line.line_id == line_id)
    is_all = others == 0 and mine == amount and not any(line.parcel_id for line in carried)
    return order.freight - _freight_refunded(order, lines) if is_all else 0


def _freight_refunded(order: ShopOrder, lines: Sequence[OrderLine]) -> int:
    return order.refunded - sum(line.refunded for line in lines)


def charges_of(order: ShopOrder) -> list[tuple[str, int, int]]:
    """What the charges of an order were for: itself, and the deposits it brought."""
    return [(PURCHASE, order.purchase_id, order.order_id), *((DEPOSIT, each, each) for each in order.brought.deposits)]


async def refund_line(tx: Tx, order: ShopOrder, ask: LineRefund) -> Money:
    """Give back of one line of a locked order; answers what the buyer gets, freight included.

    Refuses `RefundTooHigh` above the line's share, `WrongOrderState` for an order that was not paid or is closed.
    """
    lines = await lines_of(tx, order.order_id)
    line = next(each for each in lines if each.line_id == ask.line_id)
    if not 0 < ask.amount <= line.left:
        raise RefundTooHigh(line.left)
    is_settled = order.state == OrderState.TRADE_FINISHED
    if order.state not in IN_ESCROW and not is_settled:
        raise WrongOrderState(order.state)
    freight = 0 if is_settled else freight_with(tx.house, order, lines, line.line_id, ask.amount)
    back = Money(ask.amount + freight, order.currency)
    commission = undone(line.commission, line, line.refunded + ask.amount) - line.commission_undone
    cuts = cuts_between(line, line.refunded, line.refunded + ask.amount, order.brought.vouchers)
    subsidies = {cut.tool_id: cut.amount for cut in cuts if cut.funder == PLATFORM_FUNDER}
    earned = Money(0, order.currency)
    parts = LineParts.total(line.settlement_parts.between(line.refunded, line.refunded + ask.amount))
    if is_settled:
        earned = await refund_settled(
            tx,
            order.order_id,
            order.shop_id,
            back,
            charges_of(order),
            Undone(commission, subsidies, parts),
            ask.case_id,
        )
    else:
        await refund_escrow(tx, order.order_id, back, charges_of(order), ask.case_id)
    pieces = min(ask.pieces, line.quantity - line.refunded_pieces)
    await tx.run(UNDO_LINE, tx.bucket, line.line_id, ask.amount, pieces, commission, ask.fate)
    await tx.run(UNDO_ORDER, tx.bucket, order.order_id, back.amount, sum(subsidies.values()))
    is_full = ask.amount == line.left
    if is_full:
        await give_back_coins(tx, order, line)
    if not is_settled:
        earned = await _end_if_nothing_is_left(tx, order, back.amount, earned)
    tx.emit(
        OrderRefunded(
            purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id, member_id=order.member_id,
            hold_id=order.hold_id, case_id=ask.case_id, amount=back, earned=earned,
            commission_undone=Money(commission, order.currency),
            line=RefundedLine(line.line_id, line.sku_id, line.product_id, pieces, ask.amount, is_full, line.hold_id),
            is_restocked=ask.fate == "RESTOCKED", is_after_success=is_settled, refunded_at=tx.now,
            cuts=cuts if is_settled else [], parts=_taken_back(parts) if is_settled else [],
        )
    )  # fmt: skip
    return back


async def release_gift(tx: Tx, order: ShopOrder, gift: OrderLine, fate: StockDisposition) -> None:
    """A line of a locked order that cost nothing is not sent any more: its piece is free, and nobody pays for it."""
    subsidy = sum(int(str(cut["amount"])) for cut in gift.cuts if cut["funder"] == PLATFORM_FUNDER)
    pieces = gift.quantity - gift.refunded_pieces
    await tx.run(UNDO_LINE, tx.bucket, gift.line_id, 0, pieces, 0, fate)
    await tx.run(UNDO_ORDER, tx.bucket, order.order_id, 0, subsidy)
    nothing = Money(0, order.currency)
    tx.emit(
        OrderRefunded(
            purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id, member_id=order.member_id,
            hold_id=order.hold_id, case_id=0, amount=nothing, earned=nothing, commission_undone=nothing,
            line=RefundedLine(
                gift.line_id, gift.sku_id, gift.product_id, pieces, 0, is_full=True, hold_id=gift.hold_id
            ),
            is_restocked=fate == "RESTOCKED", is_after_success=False, refunded_at=tx.now,
        )
    )  # fmt: skip


def _taken_back(parts: Sequence[SettlementPartFact]) -> list[SettlementPartFact]:
    return [msgspec.structs.replace(part, amount=-part.amount) for part in parts]


async def _end_if_nothing_is_left(tx: Tx, order: ShopOrder, amount: int, earned: Money) -> Money:
    """After a refund out of escrow: the order ends if every line was given back; else it may be complete by now."""
    lines = await lines_of(tx, order.order_id)
    if any(line.left for line in lines):
        is_sent = any(line.parcel_id for line in lines) and all(is_gone(line) for line in lines)
        if order.state in SHIPPABLE and is_sent:
            await start_confirm_clock(tx, order, lines)
        return earned
    rest = order.payable - order.refunded - amount
    if rest:
        earned = Money(rest, order.currency)
        await settle_rest(tx, order.order_id, order.shop_id, earned)
    await move_order(tx, order, OrderState.TRADE_CLOSED, ended_at=tx.now, reason="refunded")
    await mark_deposits_refunded(tx, order)
    await give_back_tools(tx, order, [line for line in lines if line.payable])
    # What was never sent and not yet put back (a gift) goes back with the order; what was sent and kept is gone.
    unsent = [line for line in lines if not line.parcel_id and not line.stock_fate]
    await tx.run(LAY_DOWN, tx.bucket, order.order_id)
    tx.emit(
        OrderClosed(
            purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id, hold_id=order.hold_id,
            was_paid=True, lines=[line.as_fact() for line in unsent], closed_at=tx.now,
            promotion_ids=order.brought.promotions,
        )
    )  # fmt: skip
    return earned
