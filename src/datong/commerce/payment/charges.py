"""Charging: the intent is recorded, the gateway is asked, its word is recorded. Once each, in that order.

A charge names the orders it pays, with their shares. Whoever hears that it succeeded gives each order its
share (`fund_escrow`) or back to the buyer (`refund_unapplied`), in the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from datong.adapters.payment import ChargeOrder, Gateway, GatewayEvent
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.commerce.payment.refunds import take_refund_word
from datong.kernel.ids import bucket_of, is_id
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import changed, changed_value, command, rows
from datong.kernel.tx import Db, Tx

ASK_AGAIN = timedelta(minutes=10)
"""A charge without a word from its gateway is asked after, so a lost call-back costs ten minutes."""


class AmountDiffers(Conflict):
    """The gateway took another amount than was asked: someone must look."""

    code = "payment.amount_differs"


class Charge(msgspec.Struct, frozen=True):
    """Money asked of a buyer."""

    charge_id: int
    payer_id: int
    purchase_id: int
    gateway: str
    currency: str
    amount: int
    state: str
    provider_ref: str
    pay_url: str


class ChargePart(msgspec.Struct, frozen=True):
    """An order's share of a charge."""

    order_id: int
    shop_id: int
    amount: int


class PaidCharge(msgspec.Struct, frozen=True):
    """A charge that has just succeeded, for the first and only time."""

    charge: Charge
    parts: list[ChargePart]


_COLUMNS = "charge_id, payer_id, purchase_id, gateway, currency, amount, state, provider_ref, pay_url"
PUT = command(
    """
    insert into charge (bkt, charge_id, payer_id, purchase_id, gateway, currency, amount, state, requested_at, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, 'REQUESTED', $8, $9)
    """
)
PUT_PARTS = command(
    """
    insert into charge_part (bkt, charge_id, order_id, shop_id, amount)
    select $1, $2, p.order_id, p.shop_id, p.amount
    from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as p (order_id, shop_id, amount)
    """
)
GET = rows(Charge, f"select {_COLUMNS} from charge where bkt = $1 and charge_id = $2")
LIVE = rows(
    Charge,
    f"""
    select {_COLUMNS} from charge
    where bkt = $1 and purchase_id = $2 and state in ('REQUESTED', 'SENT') order by charge_id desc limit 1
    """,
)
PARTS = rows(
    ChargePart,
    "select order_id, shop_id, amount from charge_part where bkt = $1 and charge_id = $2 order by order_id",
)
SENT = changed_value(
    int,
    """
    update charge set state = 'SENT', provider_ref = $3, pay_url = $4, due_at = $5
    where bkt = $1 and charge_id = $2 and state = 'REQUESTED' returning charge_id
    """,
)
NOTE_EVENT = command(
    """
    insert into charge_event (bkt, event_id, subject_id, kind, received_at) values ($1, $2, $3, $4, $5)
    on conflict do nothing
    """
)
SETTLE = changed(
    Charge,
    f"""
    update charge set state = $3, provider_ref = $4, settled_at = $5, due_at = null
    where bkt = $1 and charge_id = $2 and (state in ('REQUESTED', 'SENT') or (state = 'FAILED' and $3 = 'SUCCEEDED'))
    returning {_COLUMNS}
    """,
)


async def request_charge(
    tx: Tx, payer_id: int, purchase_id: int, gateway: str, currency: str, parts: Sequence[ChargePart]
) -> Charge:
    """Record the intent to take these shares from a buyer."""
    charge_id = tx.new_id()
    amount = sum(part.amount for part in parts)
    if amount <= 0:
        raise Invalid("amount", "nothing to pay")
    await tx.run(
        PUT, tx.bucket, charge_id, payer_id, purchase_id, gateway, currency, amount, tx.now, tx.now + ASK_AGAIN
    )
    await tx.run(
        PUT_PARTS, tx.bucket, charge_id, [part.order_id for part in parts], [part.shop_id for part in parts],
        [part.amount for part in parts],
    )  # fmt: skip
    return Charge(charge_id, payer_id, purchase_id, gateway, currency, amount, "REQUESTED", "", "")


async def find_live_charge(tx: Tx, purchase_id: int) -> Charge | None:
    """The charge of a purchase that the buyer may still pay, or None."""
    return await tx.maybe(LIVE, bucket_of(purchase_id), purchase_id)


async def list_parts(tx: Tx, charge_id: int) -> list[ChargePart]:
    """The shares of a charge."""
    return await tx.all(PARTS, bucket_of(charge_id), charge_id)


async def send_charge(
    db: Db, gateways: Mapping[str, Gateway], charge: Charge, *, title: str, return_url: str, base_url: str
) -> str:
    """Ask the gateway, outside of any transaction; answers where the buyer pays. Safe to repeat.

    Raises `GatewayDown` when it gave no answer: the charge stays as it is and may be sent again.
    """
    if charge.pay_url:
        return charge.pay_url
    opened = await gateways[charge.gateway].open_charge(
        ChargeOrder(
            charge.charge_id,
            Money(charge.amount, charge.currency),
            title,
            return_url,
            f"{base_url}/callbacks/payment/{charge.gateway}",
        )
    )
    bucket = bucket_of(charge.charge_id)
    await db.once(
        bucket,
        SENT,
        bucket,
        charge.charge_id,
        opened.provider_ref,
        opened.pay_url,
        db.now() + ASK_AGAIN,
        is_async_commit=True,
    )
    return opened.pay_url


async def record_event(tx: Tx, event: GatewayEvent) -> PaidCharge | None:
    """Take a gateway's word about a charge; answers it with its shares when it has just been paid.

    The same word again, a failure after success, and a word about an unknown charge change nothing. A
    success after a failure counts: the money is there.
    """
    bucket = bucket_of(event.subject_id)
    if not is_id(event.subject_id) or not await tx.run(
        NOTE_EVENT, bucket, event.event_id, event.subject_id, event.kind, tx.now
    ):
        return None
    if event.kind in {"refund_succeeded", "refund_failed"}:
        await take_refund_word(tx, event)
        return None
    if event.kind not in {"charge_succeeded", "charge_failed"}:
        return None
    known = await tx.maybe(GET, bucket, event.subject_id)
    if known is None:
        return None
    if event.kind == "charge_succeeded" and Money(known.amount, known.currency) != event.amount:
        raise AmountDiffers
    state = "SUCCEEDED" if event.kind == "charge_succeeded" else "FAILED"
    charge = await tx.maybe(SETTLE, bucket, event.subject_id, state, event.provider_ref, tx.now)
    if charge is None or state == "FAILED":
        return None
    legs = [Leg("gateway", PLATFORM, -charge.amount), Leg("unapplied", charge.charge_id, charge.amount)]
    await post(tx, legs, charge.currency, "charge", charge.charge_id)
    return PaidCharge(charge, await list_parts(tx, charge.charge_id))
