"""Refunds through the gateway: asked for in the books first, then sent until the gateway has answered."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from datong.adapters.payment import (
    Gateway,
    GatewayDown,
    GatewayEvent,
    PayoutOrder,
    RefundOrder,
    TransferAnswer,
    gateway_of,
)
from datong.commerce.payment.charges import GET as GET_CHARGE
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.commerce.payment.outgoing import SEND_LEASE, send_or_find
from datong.commerce.payment.payables import PaidRefund, payable_of
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of, is_id
from datong.kernel.money import Money
from datong.kernel.refusal import NotFound
from datong.kernel.sql import changed, changed_value, command, rows
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

PENDING_PAUSE = timedelta(hours=1)


class Refund(msgspec.Struct, frozen=True):
    """Money on its way back."""

    bkt: int
    refund_id: int
    order_id: int
    gateway: str
    provider_ref: str
    currency: str
    amount: int
    state: str
    attempts: int
    reason: str
    requested_at: datetime
    is_extra: bool
    """Beyond what was paid: sent as a payment of its own, to whoever paid."""
    case_id: int
    """The refund case it came of, or 0."""
    declines: int
    """How often the provider has said that it sent nothing: each time more is a request of its own."""


class Source(msgspec.Struct, frozen=True):
    """A charge that money came by, and how much of it may still go back the same way."""

    charge_id: int
    gateway: str
    provider_ref: str
    left: int


class _Settled(msgspec.Struct, frozen=True):
    """A refund that the gateway has just paid; `is_first`: and had not paid before."""

    charge_id: int
    order_id: int
    currency: str
    amount: int
    case_id: int
    is_extra: bool
    is_first: bool


_COLUMNS = (
    "bkt, refund_id, order_id, gateway, provider_ref, currency, amount, state, attempts, reason, requested_at, "
    "is_extra, case_id, declines"
)
PUT = command(
    """
    insert into refund (bkt, refund_id, charge_id, order_id, gateway, provider_ref, currency, amount, state,
                        requested_at, due_at, is_extra, case_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 'REQUESTED', $9, $9, $10, $11)
    """
)
DUE = rows(Refund, f"select {_COLUMNS} from refund where due_at <= $1 order by due_at limit 100")
OF_ORDER = rows(Refund, f"select {_COLUMNS} from refund where bkt = $1 and order_id = $2 order by refund_id limit 50")
GET = rows(Refund, f"select {_COLUMNS} from refund where bkt = $1 and refund_id = $2")
DECLINED = rows(
    Refund, f"select {_COLUMNS} from refund where due_at is not null and state = 'DECLINED' order by due_at limit 50"
)
BOUNCE = changed_value(
    int,
    """
    update refund set state = 'DECLINED', settled_at = null
    where bkt = $1 and refund_id = $2 and state = 'SUCCEEDED' returning 1
    """,
)
RESEND = command("update refund set due_at = $3 where bkt = $1 and refund_id = $2 and state in ('SENT', 'DECLINED')")
SETTLE = changed(
    _Settled,
    """
    update refund set state = 'SUCCEEDED', settled_at = $3, due_at = null,
        first_settled_at = coalesce(first_settled_at, $3)
    where bkt = $1 and refund_id = $2 and state <> 'SUCCEEDED'
    returning charge_id, order_id, currency, amount, case_id, is_extra, first_settled_at = $3 as is_first
    """,
)
CLAIM = changed_value(
    int,
    """
    update refund set state = 'SENT', due_at = $5
    where bkt = $1 and refund_id = $2 and state = $3 and due_at <= $4 returning 1
    """,
)
PUT_OFF = command(
    """
    update refund set state = $3, attempts = attempts + 1, due_at = $4, reason = $5,
        declines = declines + ($3 = 'DECLINED')::int
    where bkt = $1 and refund_id = $2 and state <> 'SUCCEEDED' and ($6::timestamptz is null or due_at = $6)
    """
)


async def request_refund(
    tx: Tx, source: Source, order_id: int, amount: Money, *, is_extra: bool = False, case_id: int = 0
) -> int:
    """Record that this much goes back to the buyer by the charge it came with; the worker sends it."""
    refund_id = tx.new_id()
    await tx.run(
        PUT, tx.bucket, refund_id, source.charge_id, order_id, source.gateway, source.provider_ref, amount.currency,
        amount.amount, tx.now, is_extra, case_id,
    )  # fmt: skip
    return refund_id


async def send_refunds(db: Db, gateways: Mapping[str, Gateway]) -> int:
    """Send every refund that is due. Not known: asked after, later. Declined: kept, shown, tried daily."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)

    async def send(refund: Refund) -> None:
        async with db.begin(refund.bkt) as tx:
            until = tx.now + SEND_LEASE
            if not await tx.maybe(CLAIM, refund.bkt, refund.refund_id, refund.state, tx.now, until):
                return
        try:
            answer = await _send(gateway_of(gateways, refund.gateway), refund)
        except GatewayDown as down:
            pause = timedelta(seconds=min(2**refund.attempts, 3600))
            await _put_off(db, refund, "SENT", pause, str(down), until)
            return
        if answer.outcome == "succeeded":
            async with db.begin(refund.bkt) as tx:
                await settle_refund(tx, refund.refund_id)
        elif answer.outcome == "pending":
            await _put_off(db, refund, "SENT", PENDING_PAUSE, "", until)
        else:
            await _put_off(db, refund, "DECLINED", timedelta(days=1), answer.reason, until)

    await one_by_one(due, send)
    return len(due)


async def _send(gateway: Gateway, refund: Refund) -> TransferAnswer:
    amount, was_asked = Money(refund.amount, refund.currency), refund.state == "SENT"
    if refund.is_extra:
        extra = PayoutOrder(refund.refund_id, f"payer:{refund.provider_ref}", amount, refund.declines)
        return await send_or_find(gateway.find_payout, gateway.pay_out, extra, was_asked=was_asked)
    order = RefundOrder(refund.refund_id, refund.provider_ref, amount, refund.declines)
    return await send_or_find(gateway.find_refund, gateway.refund, order, was_asked=was_asked)


async def settle_refund(tx: Tx, refund_id: int) -> None:
    """The buyer has the money, of which the charge's payable hears once; again changes nothing."""
    refund = await tx.maybe(SETTLE, tx.bucket, refund_id, tx.now)
    if refund is None:
        return
    legs = [Leg("refund_due", refund_id, -refund.amount), Leg("gateway", PLATFORM, refund.amount)]
    await post(tx, legs, refund.currency, "refund_sent", refund_id)
    if refund.is_first:
        charge = await tx.one(GET_CHARGE, tx.bucket, refund.charge_id)
        paid = PaidRefund(
            charge, refund_id, refund.order_id, Money(refund.amount, refund.currency), refund.case_id, refund.is_extra
        )
        await payable_of(tx.house, charge.subject_kind).on_refunded(tx, paid)


async def take_refund_word(tx: Tx, event: GatewayEvent) -> None:
    """A gateway's own word about a refund. That it failed counts even after it had succeeded: the money came back.

    Source: correctness.md §6. A word about an unknown refund, or of another amount, changes nothing.
    """
    bucket = bucket_of(event.subject_id)
    known = await tx.maybe(GET, bucket, event.subject_id) if is_id(event.subject_id) else None
    if known is None or Money(known.amount, known.currency) != event.amount:
        return
    if event.kind == "refund_succeeded":
        await settle_refund(tx, known.refund_id)
    elif event.kind == "refund_failed":
        if await tx.maybe(BOUNCE, bucket, known.refund_id):
            legs = [Leg("refund_due", known.refund_id, known.amount), Leg("gateway", PLATFORM, -known.amount)]
            await post(tx, legs, known.currency, "refund_bounced", known.refund_id)
        await tx.run(
            PUT_OFF, bucket, known.refund_id, "DECLINED", tx.now + timedelta(days=1), "the gateway sent it back", None
        )


@use_case("refund_id")
async def resend_refund(tx: Tx, actor: Actor, refund_id: int) -> None:
    """Send a declined or unanswered refund now and not at its next turn. Refuses `NotFound` if it does not wait."""
    actor.must("operator:refund:resend")
    if not await tx.run(RESEND, bucket_of(refund_id), refund_id, tx.now):
        raise NotFound("refund", refund_id)


async def list_declined_refunds(tx: Tx, actor: Actor) -> list[Refund]:
    """The refunds a gateway declined, that wait for a person or for their next turn."""
    actor.must("operator:refund:resend")
    return await tx.all(DECLINED)


async def _put_off(db: Db, refund: Refund, state: str, pause: timedelta, reason: str, until: datetime) -> None:
    """Its next turn, unless somebody else has claimed it since."""
    async with db.begin(refund.bkt) as tx:
        await tx.run(PUT_OFF, refund.bkt, refund.refund_id, state, tx.now + pause, reason[:200], until)


async def list_refunds(tx: Tx, order_id: int) -> list[Refund]:
    """The refunds of an order."""
    return await tx.all(OF_ORDER, bucket_of(order_id), order_id)
