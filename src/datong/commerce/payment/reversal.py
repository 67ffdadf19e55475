"""Undoing a settled order's money, and what is paid beside it: refunds after success, goodwill, compensation.

After success the buyer's money has been split. A refund takes every part back from where it went: the shop's share out
of its balance (which may go below zero and is made up for by what it earns next), the commission from the platform, and
the subsidy returns to the promotion or voucher that gave it.
"""

from collections.abc import Mapping, Sequence

import msgspec

from datong.commerce.payment.escrow import PaidFor, take_from_sources
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.facts.order import SettlementPartFact
from datong.kernel.money import Money
from datong.kernel.tx import Tx


class Undone(msgspec.Struct, frozen=True):
    """What of a settlement is undone, in minor units: commission, subsidies by promotion or voucher, others' parts."""

    commission: int = 0
    subsidies: Mapping[int, int] = {}
    parts: Sequence[SettlementPartFact] = ()


async def refund_settled(
    tx: Tx, order_id: int, shop_id: int, amount: Money, paid_for: PaidFor, back: Undone, case_id: int
) -> Money:
    """Give a buyer back of a settled order; answers what that brings the shop, below zero."""
    due = await take_from_sources(tx, order_id, amount, paid_for, case_id)
    others = sum(part.amount for part in back.parts)
    earned = back.commission + others - amount.amount - sum(back.subsidies.values())
    legs = [
        *due,
        Leg("commission", PLATFORM, -back.commission),
        Leg("shop_transit", shop_id, earned),
        *(Leg(part.account, part.payee_id, -part.amount) for part in back.parts),
        *(Leg("subsidy", tool_id, given) for tool_id, given in sorted(back.subsidies.items())),
    ]
    await post(tx, legs, amount.currency, "settled_refunded", order_id)
    return Money(earned, amount.currency)


async def settle_rest(tx: Tx, order_id: int, shop_id: int, rest: Money) -> None:
    """All lines were given back but the freight was earned: what is left in escrow is on its way to the shop."""
    legs = [Leg("escrow", order_id, -rest.amount), Leg("shop_transit", shop_id, rest.amount)]
    await post(tx, legs, rest.currency, "order_rest", order_id)


async def pay_extra(tx: Tx, order_id: int, amount: Money, paid_for: PaidFor, case_id: int, *, shop_id: int = 0) -> None:
    """Pay a buyer beyond what was paid: out of a shop's balance (return freight), or the platform's own goodwill."""
    due = await take_from_sources(tx, order_id, amount, paid_for, case_id, is_extra=True)
    payer = Leg("shop_transit", shop_id, -amount.amount) if shop_id else Leg("goodwill", PLATFORM, -amount.amount)
    await post(tx, [payer, *due], amount.currency, "return_freight" if shop_id else "goodwill", case_id)


async def compensate_shop(tx: Tx, shop_id: int, amount: Money, case_id: int) -> None:
    """Make good to a shop, out of the platform's own, what a decision had taken from it wrongly."""
    legs = [Leg("goodwill", PLATFORM, -amount.amount), Leg("shop_transit", shop_id, amount.amount)]
    await post(tx, legs, amount.currency, "compensation", case_id)
