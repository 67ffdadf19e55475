"""Escrow: an order's money from payment to the end of the trade."""

from collections.abc import Mapping, Sequence

from datong.commerce.payment.charges import Charge, ChargePart
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.commerce.payment.refunds import Source, request_refund
from datong.facts.order import SettlementPartFact
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class EscrowShort(Conflict):
    """An order's escrow does not hold what is asked of it."""

    code = "payment.escrow_short"


PaidFor = Sequence[tuple[str, int, int]]
"""What charges were for: the payable's key, the subject's id, and the share's."""

SOURCES = rows(
    Source,
    """
    select charge_id, gateway, provider_ref, remaining as left from (
        select c.charge_id, c.gateway, c.provider_ref, w.place, (p.amount - coalesce((
            select sum(r.amount) from refund r
            where r.bkt = $1 and r.order_id = $4 and r.charge_id = c.charge_id and not r.is_extra), 0))::bigint
                as remaining
        from unnest($2::text[], $3::bigint[], $5::bigint[]) with ordinality as w (kind, subject_id, order_id, place)
        join charge c on c.bkt = $1 and c.purchase_id = w.subject_id and c.state = 'SUCCEEDED'
            and (c.subject_kind = w.kind or c.subject_id is null)
        join charge_part p on p.bkt = $1 and p.charge_id = c.charge_id and p.order_id = w.order_id
    ) as paid where remaining > 0 order by place, charge_id limit 100
    """,
)


SOURCES_OF_EXTRA = rows(
    Source,
    """
    select c.charge_id, c.gateway, c.provider_ref, p.amount as left
    from unnest($2::text[], $3::bigint[], $5::bigint[]) with ordinality as w (kind, subject_id, order_id, place)
    join charge c on c.bkt = $1 and c.purchase_id = w.subject_id and c.state = 'SUCCEEDED'
        and (c.subject_kind = w.kind or c.subject_id is null)
    join charge_part p on p.bkt = $1 and p.charge_id = c.charge_id and p.order_id = w.order_id
    where $4::bigint > 0 order by w.place, c.charge_id limit 1
    """,
)


async def fund_account(tx: Tx, charge: Charge, part: ChargePart, account: tuple[str, int], kind: str) -> None:
    """Give a share of a paid charge to an account of this transaction's bucket.

    `account`: its name, declared by some room, and whose it is (0: the platform's). `kind` names the posting.
    """
    _must_be_declared(tx, account)
    legs = [Leg("unapplied", charge.charge_id, -part.amount), Leg(*account, part.amount)]
    await post(tx, legs, charge.currency, kind, part.order_id)


async def refund_account(
    tx: Tx, paid_for: tuple[str, int, int], amount: Money, account: tuple[str, int], kind: str
) -> None:
    """Give a payer back out of the account that its share was given to, by the charges that the share came with.

    Refuses `EscrowShort` if they did not bring that much beyond what went back already.
    """
    _must_be_declared(tx, account)
    _, _, share_id = paid_for
    due = await take_from_sources(tx, share_id, amount, [paid_for], 0)
    await post(tx, [Leg(*account, -amount.amount), *due], amount.currency, kind, share_id)


def _must_be_declared(tx: Tx, account: tuple[str, int]) -> None:
    if account[0] not in tx.house.accounts:
        msg = f"{account[0]} is no ledger account that a room declares"
        raise ValueError(msg)


async def refund_unapplied(tx: Tx, charge: Charge, order_id: int, amount: int) -> int:
    """Give back a share that what it was for could not take (closed meanwhile, or paid already)."""
    source = Source(charge.charge_id, charge.gateway, charge.provider_ref, amount)
    refund_id = await request_refund(tx, source, order_id, Money(amount, charge.currency))
    legs = [Leg("unapplied", charge.charge_id, -amount), Leg("refund_due", refund_id, amount)]
    await post(tx, legs, charge.currency, "refund_unapplied", order_id)
    return refund_id


async def refund_escrow(tx: Tx, order_id: int, amount: Money, paid_for: PaidFor, case_id: int = 0) -> None:
    """Give a buyer back out of what an order holds, each part by the charge it came with.

    Refuses `EscrowShort` if the charges named by `paid_for` did not bring that much.
    """
    due = await take_from_sources(tx, order_id, amount, paid_for, case_id)
    legs = [Leg("escrow", order_id, -amount.amount), *due]
    await post(tx, legs, amount.currency, "order_refunded", order_id)


async def take_from_sources(
    tx: Tx, order_id: int, amount: Money, paid_for: PaidFor, case_id: int, *, is_extra: bool = False
) -> list[Leg]:
    """Record refunds that sum to an amount, by the charges an order was paid with; answers their legs.

    What is beyond what was paid (`is_extra`) goes by the first of them, as a payment of its own.
    """
    found = await tx.all(
        SOURCES_OF_EXTRA if is_extra else SOURCES, tx.bucket, [kind for kind, _, _ in paid_for],
        [subject_id for _, subject_id, _ in paid_for], order_id, [share_id for _, _, share_id in paid_for],
    )  # fmt: skip
    legs: list[Leg] = []
    wanted = amount.amount
    for source in found:
        part = wanted if is_extra else min(wanted, source.left)
        if part > 0:
            money = Money(part, amount.currency)
            refund_id = await request_refund(tx, source, order_id, money, is_extra=is_extra, case_id=case_id)
            legs.append(Leg("refund_due", refund_id, part))
            wanted -= part
    if wanted:
        raise EscrowShort
    return legs


async def settle_escrow(
    tx: Tx,
    order_id: int,
    shop_id: int,
    paid: Money,
    commission: Money,
    subsidies: Mapping[int, int],
    parts: Sequence[SettlementPartFact] = (),
) -> Money:
    """Split a successful order's escrow: commission to the platform, parts to whom they belong, the rest to the shop.

    What the platform lowered the price by (`subsidies`, minor units by promotion or voucher) goes to the shop out of
    the platform's own. Source: domain.md §3, settlement. Answers what the shop earned.
    """
    others = sum(part.amount for part in parts)
    earned = Money(paid.amount - commission.amount - others + sum(subsidies.values()), paid.currency)
    legs = [
        Leg("escrow", order_id, -paid.amount),
        Leg("commission", PLATFORM, commission.amount),
        Leg("shop_transit", shop_id, earned.amount),
        *(Leg(part.account, part.payee_id, part.amount) for part in parts),
        *(Leg("subsidy", tool_id, -amount) for tool_id, amount in sorted(subsidies.items())),
    ]
    await post(tx, legs, paid.currency, "order_finished", order_id)
    return earned


async def join_escrow(tx: Tx, deposit_id: int, order_id: int, amount: Money) -> None:
    """The balance is paid: the deposit joins the order's escrow."""
    legs = [Leg("presale", deposit_id, -amount.amount), Leg("escrow", order_id, amount.amount)]
    await post(tx, legs, amount.currency, "deposit_joined", order_id)


async def settle_presale(tx: Tx, deposit_id: int, shop_id: int, amount: Money) -> None:
    """The balance was not paid in time: the deposit is on its way to the shop. Source: domain.md §6."""
    legs = [Leg("presale", deposit_id, -amount.amount), Leg("shop_transit", shop_id, amount.amount)]
    await post(tx, legs, amount.currency, "deposit_forfeited", deposit_id)


async def pay_double(
    tx: Tx, deposit_id: int, shop_id: int, amount: Money, paid_for: PaidFor, *, is_back: bool = False
) -> None:
    """The shop defaults: the deposit goes back, unless it `is_back` already, and as much again from the shop's balance.

    Source: domain.md §6.
    """
    if not is_back:
        due = await take_from_sources(tx, deposit_id, amount, paid_for, 0)
        back = [Leg("presale", deposit_id, -amount.amount), *due]
        await post(tx, back, amount.currency, "deposit_returned", deposit_id)
    again = await take_from_sources(tx, deposit_id, amount, paid_for, 0, is_extra=True)
    legs = [Leg("shop_transit", shop_id, -amount.amount), *again]
    await post(tx, legs, amount.currency, "deposit_doubled", deposit_id)
