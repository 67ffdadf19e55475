"""Charging: the intent is recorded, the gateway is asked, its word is recorded. Once each, in that order.

A charge names its subject (the kind of what is paid for, and its id) and the shares it is made of. `open_charge.py` and
`take_payment.py` are the use cases; what is paid for is known to the rooms above (`payables.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from datong.adapters.payment import ChargeOrder, Gateway, gateway_of
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid
from datong.kernel.sql import changed_value, command, rows
from datong.kernel.tx import Db, Tx

ASK_AGAIN = timedelta(minutes=10)
"""A charge without a word from its gateway is asked after, so a lost call-back costs ten minutes."""


class Charge(msgspec.Struct, frozen=True):
    """Money asked of a buyer."""

    charge_id: int
    payer_id: int
    subject_kind: str
    """The key of its payable."""
    subject_id: int
    gateway: str
    currency: str
    amount: int
    state: str
    provider_ref: str
    pay_url: str


class ChargePart(msgspec.Struct, frozen=True):
    """A share of a charge, in minor units."""

    order_id: int
    """What it is for: an order, or whatever the payable tells its shares apart by."""
    shop_id: int
    """Whom it is paid to in the end; 0: the platform."""
    amount: int


class PaidCharge(msgspec.Struct, frozen=True):
    """A charge that has just succeeded, for the first and only time."""

    charge: Charge
    parts: list[ChargePart]


COLUMNS = (
    "charge_id, payer_id, subject_kind, coalesce(subject_id, purchase_id) as subject_id, gateway, currency, amount, "
    "state, provider_ref, pay_url"
)
"""Processes of the former release write `purchase_id` alone, and no kind; it is written for them as well."""
PUT = command(
    """
    insert into charge (bkt, charge_id, payer_id, purchase_id, subject_id, subject_kind, gateway, currency, amount,
        state, requested_at, due_at)
    values ($1, $2, $3, $4, $4, $5, $6, $7, $8, 'REQUESTED', $9, $10)
    """
)
PUT_PARTS = command(
    """
    insert into charge_part (bkt, charge_id, order_id, shop_id, amount)
    select $1, $2, p.order_id, p.shop_id, p.amount
    from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as p (order_id, shop_id, amount)
    """
)
GET = rows(Charge, f"select {COLUMNS} from charge where bkt = $1 and charge_id = $2")
LIVE = rows(
    Charge,
    f"""
    select {COLUMNS} from charge
    where bkt = $1 and purchase_id = $2 and (subject_kind = $3 or subject_id is null) and state in ('REQUESTED', 'SENT')
    order by charge_id desc limit 1
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


async def request_charge(
    tx: Tx, payer_id: int, subject: tuple[str, int], gateway: str, currency: str, parts: Sequence[ChargePart]
) -> Charge:
    """Record the intent to take these shares from a buyer.

    `subject`: the payable's key, and the id of what is paid for. Refuses `Invalid` for a sum of nothing.
    """
    kind, subject_id = subject
    charge_id = tx.new_id()
    amount = sum(part.amount for part in parts)
    if amount <= 0:
        raise Invalid("amount", "nothing to pay")
    await tx.run(
        PUT, tx.bucket, charge_id, payer_id, subject_id, kind, gateway, currency, amount, tx.now, tx.now + ASK_AGAIN
    )
    await tx.run(
        PUT_PARTS, tx.bucket, charge_id, [part.order_id for part in parts], [part.shop_id for part in parts],
        [part.amount for part in parts],
    )  # fmt: skip
    return Charge(charge_id, payer_id, kind, subject_id, gateway, currency, amount, "REQUESTED", "", "")


async def find_live_charge(tx: Tx, subject: tuple[str, int]) -> Charge | None:
    """The charge of a subject that the buyer may still pay, or None."""
    kind, subject_id = subject
    return await tx.maybe(LIVE, bucket_of(subject_id), subject_id, kind)


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
    opened = await gateway_of(gateways, charge.gateway).open_charge(
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
