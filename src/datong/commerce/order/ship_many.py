"""Sending many orders at once: each is a parcel of its own, and one that cannot go holds up no other."""

from collections.abc import Sequence

import msgspec

from datong.commerce.order.projections import copy_to_sellers
from datong.commerce.order.ship_order import ship_order
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, Refusal
from datong.kernel.tx import Db

MAX_ORDERS = 100


class ShipRequest(msgspec.Struct, frozen=True):
    """An order, with whom and under which number it goes."""

    order_id: int
    courier: str
    tracking_no: str


class ShipResult(msgspec.Struct, frozen=True):
    """What became of it: its parcel, or the refusal."""

    order_id: int
    parcel_id: int = 0
    refusal: Refusal | None = None


async def ship_many(db: Db, actor: Actor, shop_id: int, parcels: Sequence[ShipRequest]) -> list[ShipResult]:
    """Send all that is left of each order as one parcel, up to a hundred; the same number again is the same parcel."""
    actor.must("shop:order:ship", shop_id)
    if len(parcels) > MAX_ORDERS:
        raise Invalid("parcels", f"at most {MAX_ORDERS}")
    answers: list[ShipResult] = []
    for each in parcels:
        try:
            if not each.tracking_no.strip():
                raise Invalid("tracking_no", "say the tracking number")
            async with db.begin(bucket_of(each.order_id)) as tx:
                key = f"batch {each.courier} {each.tracking_no.strip()}"
                number = each.tracking_no.strip()
                parcel_id = await ship_order(tx, actor, each.order_id, each.courier, number, key)
            answers.append(ShipResult(each.order_id, parcel_id))
        except Refusal as refusal:
            answers.append(ShipResult(each.order_id, 0, refusal))
    async with db.begin(bucket_of(shop_id)) as tx:
        await copy_to_sellers(tx, [each.order_id for each in answers if each.parcel_id])
    return answers
