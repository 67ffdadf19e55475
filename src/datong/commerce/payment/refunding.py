"""Refunds through the gateway: asked for in the books first, then sent until the gateway has answered."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.sql import changed, command, rows
from datong.kernel.tx import Db, Tx
from datong.plugs.payment import Gateway, GatewayDown, PayoutOrder, RefundAnswer, RefundOrder

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


_COLUMNS = (
    "bkt, refund_id, order_id, gateway, provider_ref, currency, amount, state, attempts, reason, requested_at, is_extra"
)
PUT = command(
    """
    insert into refund (bkt, refund_id, charge_id, order_id, gateway, provider_ref, currency, amount, state,
                        requested_at, due_at, is_extra)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 'REQUESTED', $9, $9, $10)
    """
)
DUE = rows(Refund, f"select {_COLUMNS} from refund where due_at <= $1 order by due_at limit 100")
OF_ORDER = rows(Refund, f"select {_COLUMNS} from refund where bkt = $1 and order_id = $2 order by refund_id limit 50")
SETTLE = changed(
    Refund,
    f"""
    update refund set state = 'SUCCEEDED', settled_at = $3, due_at = null
    where bkt = $1 and refund_id = $2 and state <> 'SUCCEEDED' returning {_COLUMNS}
    """,
)
PUT_OFF = command(
    """
    update refund set state = $3, attempts = attempts + 1, due_at = $4, reason = $5
    where bkt = $1 and refund_id = $2 and state <> 'SUCCEEDED'
    """
)


async def request_refund(
    tx: Tx, charge_id: int, order_id: int, gateway: str, provider_ref: str, amount: Money, *, is_extra: bool = False
) -> int:
    """Record that this much goes back to the buyer; the worker sends it."""
    refund_id = tx.new_id()
    await tx.run(
        PUT,
        tx.bucket,
        refund_id,
        charge_id,
        order_id,
        gateway,
        provider_ref,
        amount.currency,
        amount.amount,
        tx.now,
        is_extra,
    )
    return refund_id


async def send_refunds(db: Db, gateways: Mapping[str, Gateway]) -> int:
    """Send every refund that is due. No answer: again later, under the same id. Declined: kept, shown, tried daily."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for refund in due:
        try:
            answer = await _send(gateways[refund.gateway], refund)
        except GatewayDown as down:
            await _put_off(db, refund, "SENT", timedelta(seconds=min(2**refund.attempts, 3600)), str(down))
            continue
        if answer.outcome == "succeeded":
            await settle_refund(db, refund.refund_id)
        elif answer.outcome == "pending":
            await _put_off(db, refund, "SENT", PENDING_PAUSE, "")
        else:
            await _put_off(db, refund, "DECLINED", timedelta(days=1), answer.reason)
    return len(due)


async def _send(gateway: Gateway, refund: Refund) -> RefundAnswer:
    amount = Money(refund.amount, refund.currency)
    if refund.is_extra:
        return await gateway.pay_out(PayoutOrder(refund.refund_id, f"payer:{refund.provider_ref}", amount))
    return await gateway.refund(RefundOrder(refund.refund_id, refund.provider_ref, amount))


async def settle_refund(db: Db, refund_id: int) -> bool:
    """The buyer has the money; False if that was known."""
    bucket = bucket_of(refund_id)
    async with db.begin(bucket) as tx:
        refund = await tx.maybe(SETTLE, bucket, refund_id, tx.now)
        if refund is None:
            return False
        legs = [Leg("refund_due", refund_id, -refund.amount), Leg("gateway", PLATFORM, refund.amount)]
        await post(tx, legs, refund.currency, "refund_sent", refund_id)
    return True


async def _put_off(db: Db, refund: Refund, state: str, pause: timedelta, reason: str) -> None:
    async with db.begin(refund.bkt) as tx:
        await tx.run(PUT_OFF, refund.bkt, refund.refund_id, state, tx.now + pause, reason[:200])


async def list_refunds(tx: Tx, order_id: int) -> list[Refund]:
    """The refunds of an order."""
    return await tx.all(OF_ORDER, bucket_of(order_id), order_id)
