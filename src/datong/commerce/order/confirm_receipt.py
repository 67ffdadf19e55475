"""Confirming: the buyer has the goods, or the clock says so; the escrow is split. Once."""

from collections.abc import Sequence

from datong.commerce.order.confirm_hold import RefundIsOpen
from datong.commerce.order.queries import OrderLine, ShopOrder, own_order
from datong.commerce.order.reversal import cuts_left, parts_left
from datong.commerce.order.states import OrderState
from datong.commerce.order.transitions import lines_of, lock_order, move_order
from datong.commerce.payment import settle_escrow
from datong.commerce.voucher import PLATFORM_FUNDER
from datong.facts.order import OrderFinished
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case


@use_case("order_id")
async def confirm_order(tx: Tx, actor: Actor, order_id: int) -> None:
    """The buyer confirms receipt.

    Refuses `WrongOrderState` unless everything was shipped, `RefundIsOpen` while one is.
    """
    seen = await own_order(tx, actor, order_id, "confirm")
    actor.must("member:order:confirm", seen.member_id)
    order = await lock_order(tx, order_id)
    if order.open_cases:
        raise RefundIsOpen
    await finish(tx, order, "confirmed")


def shop_earnings(order: ShopOrder, lines: Sequence[OrderLine]) -> int:
    """What an order brings its shop, in minor units, as things stand.

    Paid, less given back and commission, plus subsidies.
    """
    if order.state.startswith("TRADE_CLOSED"):
        return order.payable - order.refunded if order.end_reason == "refunded" else 0
    cuts = cuts_left(lines, order.brought.vouchers)
    subsidy = sum(cut.amount for cut in cuts if cut.funder == PLATFORM_FUNDER)
    commission = order.commission - sum(line.commission_undone for line in lines)
    return order.payable - order.refunded - commission - sum(part.amount for part in parts_left(lines)) + subsidy


async def finish(tx: Tx, order: ShopOrder, reason: str) -> None:
    """End a locked order in success and split its escrow; the commission is the one frozen at placement."""
    await move_order(tx, order, OrderState.TRADE_FINISHED, ended_at=tx.now, reason=reason)
    lines = await lines_of(tx, order.order_id)
    paid = Money(order.payable - order.refunded, order.currency)
    commission = Money(order.commission - sum(line.commission_undone for line in lines), order.currency)
    cuts = cuts_left(lines, order.brought.vouchers)
    subsidies = {cut.tool_id: cut.amount for cut in cuts if cut.funder == PLATFORM_FUNDER}
    parts = parts_left(lines)
    earned = await settle_escrow(tx, order.order_id, order.shop_id, paid, commission, subsidies, parts)
    tx.emit(
        OrderFinished(
            purchase_id=order.purchase_id,
            order_id=order.order_id,
            shop_id=order.shop_id,
            member_id=order.member_id,
            paid=paid,
            commission=commission,
            earned=earned,
            lines=[line.as_fact() for line in lines],
            finished_at=tx.now,
            cuts=cuts,
            parts=parts,
        )
    )
