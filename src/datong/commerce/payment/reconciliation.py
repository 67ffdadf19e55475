"""Charges whose gateway keeps silent are asked after; so a lost call-back loses no payment."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from datong.adapters.payment import Gateway, GatewayDown, GatewayEvent, gateway_of
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db


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


async def check_lost_charges(db: Db, gateways: Mapping[str, Gateway]) -> list[GatewayEvent]:
    """Ask after silent charges; answers what the gateways say, to be recorded like a call-back."""
    async with db.read() as tx:
        silent = await tx.all(DUE, tx.now)
    events: list[GatewayEvent] = []
    for each in silent:
        try:
            gateway = gateway_of(gateways, each.gateway)
            event = await gateway.find_charge(each.charge_id, each.provider_ref)
        except GatewayDown:
            event = None
        if event is not None:
            events.append(event)
            continue
        async with db.begin(each.bkt) as tx:
            is_over = each.age_hours > GIVE_UP_HOURS
            pause = timedelta(minutes=10) if each.age_hours < 1 else timedelta(hours=1)
            await tx.run(LATER, each.bkt, each.charge_id, None if is_over else tx.now + pause)
    return events
