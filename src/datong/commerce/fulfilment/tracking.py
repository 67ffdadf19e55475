"""Tracking: couriers are asked to follow parcels, and their news is recorded, in any order, once each."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from datong.adapters.courier import Courier, CourierDown, TrackingNews, TrackingOrder
from datong.commerce.fulfilment.waybills import keep_waybill
from datong.facts.fulfilment import ParcelDelivered
from datong.kernel.ids import bucket_for, bucket_of, is_id
from datong.kernel.sql import changed, command, rows, value
from datong.kernel.tx import Db, Tx

log = logging.getLogger("datong.fulfilment")
GIVE_UP_ATTEMPTS = 20


class TrackingEvent(msgspec.Struct, frozen=True):
    """One step of a parcel."""

    parcel_id: int
    code: str
    place: str
    happened_at: datetime


class ToFollow(msgspec.Struct, frozen=True):
    """A parcel whose courier was not asked yet."""

    bkt: int
    parcel_id: int
    courier: str
    tracking_no: str
    attempts: int


class Delivered(msgspec.Struct, frozen=True):
    """A parcel that has just been delivered."""

    order_id: int
    purchase_id: int
    kind: str
    case_id: int


DUE = rows(
    ToFollow,
    "select bkt, parcel_id, courier, tracking_no, attempts from parcel where due_at <= $1 order by due_at limit 100",
)
NAME = command(
    """
    insert into tracking_number (bkt, courier, tracking_no, parcel_id) values ($1, $2, $3, $4)
    on conflict do nothing
    """
)
NAMED = value(
    int, "select parcel_id from tracking_number where bkt = $1 and courier = $2 and tracking_no = $3 limit 20"
)
FOLLOWED = command("update parcel set due_at = null where bkt = $1 and parcel_id = $2")
LATER = command("update parcel set due_at = $3, attempts = attempts + 1 where bkt = $1 and parcel_id = $2")
IS_OURS = value(int, "select 1 from parcel where bkt = $1 and parcel_id = $2 and courier = $3 and tracking_no = $4")
NOTE = command(
    """
    insert into tracking_event (bkt, parcel_id, event_id, code, place, happened_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing
    """
)
MOVE = command("update parcel set state = $3 where bkt = $1 and parcel_id = $2 and state in ('SENT', 'MOVING')")
DELIVER = changed(
    Delivered,
    """
    update parcel set state = 'DELIVERED', delivered_at = $3
    where bkt = $1 and parcel_id = $2 and state <> 'DELIVERED' returning order_id, purchase_id, kind, case_id
    """,
)
EVENTS = rows(
    TrackingEvent,
    """
    select parcel_id, code, place, happened_at from tracking_event
    where bkt = $1 and parcel_id = any($2) order by happened_at desc limit 200
    """,
)


async def follow_parcels(db: Db, couriers: Mapping[str, Courier], base_url: str) -> int:
    """Ask couriers for news of parcels just sent; no answer: again later. Unknown couriers are not asked."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        async with db.begin(bucket_for(each.tracking_no)) as tx:
            await tx.run(NAME, tx.bucket, each.courier, each.tracking_no, each.parcel_id)
        await keep_waybill(db, each.courier, each.tracking_no)
        courier = couriers.get(each.courier)
        is_asked = courier is None or each.attempts >= GIVE_UP_ATTEMPTS
        if courier is not None and not is_asked:
            callback = f"{base_url}/callbacks/courier/{each.courier}"
            try:
                await courier.follow(TrackingOrder(each.parcel_id, each.tracking_no, callback))
                is_asked = True
            except CourierDown:
                log.warning("a courier gave no answer", extra={"courier": each.courier})
        async with db.begin(each.bkt) as tx:
            if is_asked:
                await tx.run(FOLLOWED, each.bkt, each.parcel_id)
            else:
                pause = timedelta(seconds=min(2**each.attempts, 3600))
                await tx.run(LATER, each.bkt, each.parcel_id, tx.now + pause)
    return len(due)


async def record_news(db: Db, courier: str, news: TrackingNews) -> int:
    """Record a courier's news of every parcel with that number; answers how many parcels it was new for."""
    async with db.read() as tx:
        named = await tx.all(NAMED, bucket_for(news.tracking_no), courier, news.tracking_no)
    parcel_ids = {news.parcel_id} if news.parcel_id else set(named)
    taken = 0
    for parcel_id in sorted(parcel_ids):
        if not is_id(parcel_id):
            continue
        async with db.begin(bucket_of(parcel_id)) as tx:
            taken += await _record(tx, courier, parcel_id, news)
    return taken


async def _record(tx: Tx, courier: str, parcel_id: int, news: TrackingNews) -> int:
    if await tx.maybe(IS_OURS, bucket_of(parcel_id), parcel_id, courier, news.tracking_no) is None:
        return 0
    if not await tx.run(NOTE, tx.bucket, parcel_id, news.event_id, news.code, news.place[:100], news.happened_at):
        return 0
    if news.code == "delivered":
        delivered = await tx.maybe(DELIVER, tx.bucket, parcel_id, news.happened_at)
        if delivered is not None:
            tx.emit(
                ParcelDelivered(
                    parcel_id=parcel_id,
                    order_id=delivered.order_id,
                    purchase_id=delivered.purchase_id,
                    delivered_at=news.happened_at,
                    kind=delivered.kind,
                    case_id=delivered.case_id,
                )
            )
    else:
        await tx.run(MOVE, tx.bucket, parcel_id, "FAILED" if news.code == "failed" else "MOVING")
    return 1


async def list_tracking(tx: Tx, parcel_ids: list[int]) -> list[TrackingEvent]:
    """The steps of an order's parcels, newest first."""
    if not parcel_ids:
        return []
    return await tx.all(EVENTS, bucket_of(parcel_ids[0]), parcel_ids)
