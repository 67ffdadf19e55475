"""Charges whose gateway keeps silent are asked after; so a lost call-back loses no payment."""

import logging
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from datong.adapters.payment import Gateway, GatewayDown, gateway_of
from datong.commerce.payment.take_payment import take_payment
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, is_lost

log = logging.getLogger("datong.payment")


class Silent(msgspec.Struct, frozen=True):
    """A charge nobody has heard of for a while."""

    bkt: int
    charge_id: int
    gateway: str
    provider_ref: str
    age_hours: float


DUE = rows(
    Silent,
    """
    select bkt, charge_id, gateway, provider_ref,
           (extract(epoch from $1::timestamptz - requested_at) / 3600)::float8 as age_hours
    from charge where due_at <= $1 order by due_at limit 100
    """,
)
LATER = command("update charge set due_at = $3 where bkt = $1 and charge_id = $2 and due_at is not null")
GIVE_UP_HOURS = 24 * 7


async def check_lost_charges(db: Db, gateways: Mapping[str, Gateway]) -> int:
    """Ask after silent charges and take what the gateways say like a call-back; answers how many had an answer.

    An answer that cannot be taken (another amount, a room that fails) is logged and asked for again later; the other
    charges do not wait for it.
    """
    async with db.read() as tx:
        silent = await tx.all(DUE, tx.now)
    answered = 0
    for each in silent:
        is_known = False
        try:
            event = await gateway_of(gateways, each.gateway).find_charge(each.charge_id, each.provider_ref)
            if event is not None:
                await take_payment(db, event)
                answered += 1
                continue
            is_known = True
        except GatewayDown:
            pass
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("the answer about a charge cannot be taken", extra={"charge_id": each.charge_id})
        await _put_off(db, each, is_known=is_known)
    return answered


async def _put_off(db: Db, silent: Silent, *, is_known: bool) -> None:
    """Ask again later. Only a gateway that says it was not paid ends that after a week; one that is away never does."""
    async with db.begin(silent.bkt) as tx:
        is_old = silent.age_hours > GIVE_UP_HOURS
        is_over = is_old and is_known
        pause = timedelta(days=1) if is_old else timedelta(hours=1)
        if silent.age_hours < 1:
            pause = timedelta(minutes=10)
        await tx.run(LATER, silent.bkt, silent.charge_id, None if is_over else tx.now + pause)
