"""Extending the confirm clock: the seller by a listed number of days, repeatedly; the buyer once, at the end."""

from datetime import timedelta

from datong.commerce.order.queries import ShopOrder, own_order
from datong.commerce.order.states import (
    BUYER_EXTENSION_DAYS,
    SELLER_EXTENSION_DAYS,
    OrderState,
    WrongOrderState,
)
from datong.commerce.order.transitions import lock_order
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.order import OrderChanged
from datong.kernel.actor import Actor
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

EXTEND = command(
    """
    update shop_order set due_at = due_at + make_interval(days => $3), version = version + 1,
        paused_due_at = paused_due_at + make_interval(days => $3),
        is_extended_by_buyer = is_extended_by_buyer or $4
    where bkt = $1 and order_id = $2
    """
)


class CannotExtend(Conflict):
    """The buyer extends once, and only in the last days; `days` says how many."""

    code = "order.cannot_extend"

    def __init__(self, days: int) -> None:
        self.days = days


@use_case("order_id")
async def extend_by_seller(tx: Tx, actor: Actor, order_id: int, days: int) -> None:
    """Give the buyer more time, by one of the listed numbers of days. Source: domain.md §3."""
    seen = await own_order(tx, actor, order_id, "ship")
    actor.must("shop:order:ship", seen.shop_id)
    order = await _lock_waiting(tx, order_id)
    allowed = (await get_rules(tx)).value(SELLER_EXTENSION_DAYS, tx.now, Scope(storefront_id=order.storefront_id))
    if days not in allowed:
        raise Invalid("days", ", ".join(map(str, allowed)))
    await _extend(tx, order, days, is_by_buyer=False)


@use_case("order_id")
async def extend_by_buyer(tx: Tx, actor: Actor, order_id: int) -> None:
    """Take more time, once, in the last days of the clock. Source: domain.md §3 [18]."""
    seen = await own_order(tx, actor, order_id, "confirm")
    actor.must("member:order:confirm", seen.member_id)
    order = await _lock_waiting(tx, order_id)
    days = (await get_rules(tx)).value(BUYER_EXTENSION_DAYS, tx.now, Scope(storefront_id=order.storefront_id))
    is_late = order.due_at is not None and order.due_at - tx.now <= timedelta(days=days)
    if order.is_extended_by_buyer or not is_late:
        raise CannotExtend(days)
    await _extend(tx, order, days, is_by_buyer=True)


async def _lock_waiting(tx: Tx, order_id: int) -> ShopOrder:
    order = await lock_order(tx, order_id)
    if order.state != OrderState.WAIT_BUYER_CONFIRM_GOODS:
        raise WrongOrderState(order.state)
    return order


async def _extend(tx: Tx, order: ShopOrder, days: int, *, is_by_buyer: bool) -> None:
    await tx.run(EXTEND, tx.bucket, order.order_id, days, is_by_buyer)
    tx.emit(OrderChanged(purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id))
