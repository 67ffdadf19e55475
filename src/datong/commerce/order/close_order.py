"""Closing: before payment by the buyer, the shop or the clock; after it, but before shipping, with a refund.

The two ends are different states on purpose: TRADE_CLOSED_UNPAID moved no money, TRADE_CLOSED gave it back.
"""

from datetime import timedelta

from datong.commerce.order.presale_balance import double_deposits, free_deposits, mark_deposits_refunded
from datong.commerce.order.queries import ShopOrder, own_order
from datong.commerce.order.refunds import charges_of
from datong.commerce.order.states import (
    BUYER_CANCELS_UNSHIPPED,
    CLOSE_AFTER_SECONDS,
    OrderState,
    WrongOrderState,
)
from datong.commerce.order.transitions import give_back_tools, lines_of, lock_order, move_order
from datong.commerce.payment import refund_escrow
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.order import OrderClosed
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, Invalid, NotAllowed
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

CLOSE_REASONS: tuple[str, ...] = (
    "not_wanted",
    "wrong_details",
    "out_of_stock",
    "cannot_pay",
    "duplicate",
    "agreed_with_seller",
    "other",
)
"""The fixed list of reasons a person gives (domain.md §3: seven; wording DESIGN). The clock's is `timeout`."""


class CloseTooFast(Conflict):
    """An order is not closed in its first seconds."""

    code = "order.close_too_fast"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


@use_case("order_id")
async def close_order(tx: Tx, actor: Actor, order_id: int, reason: str) -> None:
    """Close an unpaid order for its buyer or its shop; a shop that closes a balance pays its deposits double back.

    Refuses `WrongOrderState`, `CloseTooFast`, `Invalid`.
    """
    if reason not in CLOSE_REASONS:
        raise Invalid("reason", ", ".join(CLOSE_REASONS))
    await own_order(tx, actor, order_id, "close")
    order = await lock_order(tx, order_id)
    least = (await get_rules(tx)).value(CLOSE_AFTER_SECONDS, tx.now, Scope(storefront_id=order.storefront_id))
    if order.state == OrderState.WAIT_BUYER_PAY and tx.now < order.placed_at + timedelta(seconds=least):
        raise CloseTooFast(least)
    await end_unpaid(tx, order, reason, is_sellers=actor.id != order.member_id)


async def end_unpaid(tx: Tx, order: ShopOrder, reason: str, *, is_sellers: bool = False) -> None:
    """End a locked order that nobody has paid; its stock is free when the fact arrives."""
    await move_order(tx, order, OrderState.TRADE_CLOSED_UNPAID, ended_at=tx.now, reason=reason)
    await give_back_tools(tx, order)
    await (double_deposits if is_sellers else free_deposits)(tx, order)
    await _tell_closed(tx, order, was_paid=False)


@use_case("order_id")
async def cancel_paid_order(tx: Tx, actor: Actor, order_id: int, reason: str) -> None:
    """Cancel a paid order of which nothing was shipped: all of it goes back to the buyer.

    The shop's staff always may, and pay the deposits in it once more; the buyer where the rules say so. Refuses
    `WrongOrderState`.
    """
    if reason not in CLOSE_REASONS:
        raise Invalid("reason", ", ".join(CLOSE_REASONS))
    await own_order(tx, actor, order_id, "close")
    order = await lock_order(tx, order_id)
    if order.state != OrderState.WAIT_SELLER_SEND_GOODS:
        raise WrongOrderState(order.state)
    if not actor.may("shop:order:close", order.shop_id):
        rules = await get_rules(tx)
        if not rules.value(BUYER_CANCELS_UNSHIPPED, tx.now, Scope(storefront_id=order.storefront_id)):
            raise NotAllowed("shop:order:close")
    await end_paid(tx, order, reason, is_sellers=actor.id != order.member_id)


async def end_paid(tx: Tx, order: ShopOrder, reason: str, *, is_sellers: bool) -> None:
    """End a locked order that is paid and of which nothing was sent: all that is left of it goes back.

    `is_sellers`: the shop did not keep its word, and pays the deposits in it once more.
    """
    await move_order(tx, order, OrderState.TRADE_CLOSED, ended_at=tx.now, reason=reason)
    rest = Money(order.payable - order.refunded, order.currency)
    await refund_escrow(tx, order.order_id, rest, charges_of(order))
    await (double_deposits if is_sellers else mark_deposits_refunded)(tx, order)
    given_back = [line for line in await lines_of(tx, order.order_id) if line.payable and not line.left]
    await give_back_tools(tx, order, given_back)
    await _tell_closed(tx, order, was_paid=True)


async def _tell_closed(tx: Tx, order: ShopOrder, *, was_paid: bool) -> None:
    tx.emit(
        OrderClosed(
            purchase_id=order.purchase_id,
            order_id=order.order_id,
            shop_id=order.shop_id,
            hold_id=order.hold_id,
            was_paid=was_paid,
            lines=[line.as_fact() for line in await lines_of(tx, order.order_id)],
            closed_at=tx.now,
            promotion_ids=order.brought.promotions,
            member_id=order.member_id,
        )
    )
