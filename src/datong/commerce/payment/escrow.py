"""Escrow: an order's money from payment to the end of the trade."""

from collections.abc import Mapping

import msgspec

from datong.commerce.payment.charging import Charge
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.commerce.payment.refunding import request_refund
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class EscrowShort(Conflict):
    """An order's escrow does not hold what is asked of it."""

    code = "payment.escrow_short"


class Source(msgspec.Struct, frozen=True):
    """The charge that an order was paid by."""

    charge_id: int
    gateway: str
    provider_ref: str


SOURCE = rows(
    Source,
    """
    select c.charge_id, c.gateway, c.provider_ref
    from charge_part p join charge c on c.bkt = p.bkt and c.charge_id = p.charge_id
    where p.bkt = $1 and c.purchase_id = $2 and p.order_id = $3 and c.state = 'SUCCEEDED'
    order by c.charge_id limit 1
    """,
)


async def fund_escrow(tx: Tx, charge: Charge, order_id: int, amount: int) -> None:
    """Give an order its share of a paid charge."""
    legs = [Leg("unapplied", charge.charge_id, -amount), Leg("escrow", order_id, amount)]
    await post(tx, legs, charge.currency, "order_paid", order_id)


async def refund_unapplied(tx: Tx, charge: Charge, order_id: int, amount: int) -> int:
    """Give back a share whose order could not take it (closed meanwhile, or paid already)."""
    refund_id = await request_refund(
        tx, charge.charge_id, order_id, charge.gateway, charge.provider_ref, Money(amount, charge.currency)
    )
    legs = [Leg("unapplied", charge.charge_id, -amount), Leg("refund_due", refund_id, amount)]
    await post(tx, legs, charge.currency, "refund_unapplied", order_id)
    return refund_id


async def refund_escrow(tx: Tx, purchase_id: int, order_id: int, amount: Money, paid_as: int = 0) -> int:
    """Give a buyer back what an order holds; refuses `EscrowShort` if it was paid by nothing known.

    `paid_as`: what its charge was for, where that was not the order itself (a deposit).
    """
    source = await tx.maybe(SOURCE, bucket_of(order_id), purchase_id, paid_as or order_id)
    if source is None:
        raise EscrowShort
    refund_id = await request_refund(tx, source.charge_id, order_id, source.gateway, source.provider_ref, amount)
    legs = [Leg("escrow", order_id, -amount.amount), Leg("refund_due", refund_id, amount.amount)]
    await post(tx, legs, amount.currency, "order_refunded", order_id)
    return refund_id


async def settle_escrow(
    tx: Tx, order_id: int, shop_id: int, paid: Money, commission: Money, subsidies: Mapping[int, int]
) -> Money:
    """Split a successful order's escrow: commission to the platform, the rest on its way to the shop.

    What the platform lowered the price by (`subsidies`, minor units by promotion or voucher) goes to the shop out of the
    platform's own. Source: domain.md §3, settlement. Answers what the shop earned.
    """
    earned = Money(paid.amount - commission.amount + sum(subsidies.values()), paid.currency)
    legs = [
        Leg("escrow", order_id, -paid.amount),
        Leg("commission", PLATFORM, commission.amount),
        Leg("shop_transit", shop_id, earned.amount),
        *(Leg("subsidy", tool_id, -amount) for tool_id, amount in sorted(subsidies.items())),
    ]
    await post(tx, legs, paid.currency, "order_finished", order_id)
    return earned


async def fund_presale(tx: Tx, charge: Charge, deposit_id: int, amount: int) -> None:
    """A paid deposit waits for its balance."""
    legs = [Leg("unapplied", charge.charge_id, -amount), Leg("presale", deposit_id, amount)]
    await post(tx, legs, charge.currency, "deposit_paid", deposit_id)


async def join_escrow(tx: Tx, deposit_id: int, order_id: int, amount: Money) -> None:
    """The balance is paid: the deposit joins the order's escrow."""
    legs = [Leg("presale", deposit_id, -amount.amount), Leg("escrow", order_id, amount.amount)]
    await post(tx, legs, amount.currency, "deposit_joined", order_id)


async def settle_presale(tx: Tx, deposit_id: int, shop_id: int, amount: Money) -> None:
    """The balance was not paid in time: the deposit is on its way to the shop. Source: domain.md §6."""
    legs = [Leg("presale", deposit_id, -amount.amount), Leg("shop_transit", shop_id, amount.amount)]
    await post(tx, legs, amount.currency, "deposit_forfeited", deposit_id)


async def pay_double(tx: Tx, deposit_id: int, shop_id: int, amount: Money) -> None:
    """The shop defaults: the deposit goes back, and as much again out of the shop's balance. Source: domain.md §6."""
    source = await tx.maybe(SOURCE, bucket_of(deposit_id), deposit_id, deposit_id)
    if source is None:
        raise EscrowShort
    place = (source.charge_id, deposit_id, source.gateway, source.provider_ref, amount)
    back = await request_refund(tx, *place)
    again = await request_refund(tx, *place, is_extra=True)
    legs = [
        Leg("presale", deposit_id, -amount.amount), Leg("refund_due", back, amount.amount),
        Leg("shop_transit", shop_id, -amount.amount), Leg("refund_due", again, amount.amount),
    ]  # fmt: skip
    await post(tx, legs, amount.currency, "deposit_doubled", deposit_id)
