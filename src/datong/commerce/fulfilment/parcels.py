"""Opening a parcel: what is in it and who carries it."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command, rows
from datong.kernel.tx import Tx

_TRACKING_NO = re.compile(r"[A-Za-z0-9-]{4,40}")


class ParcelLine(msgspec.Struct, frozen=True):
    """A line of the order in a parcel, and how many pieces."""

    line_id: int
    quantity: int


class Parcel(msgspec.Struct, frozen=True):
    """A parcel and where it is."""

    parcel_id: int
    order_id: int
    courier: str
    tracking_no: str
    state: str
    sent_at: datetime
    delivered_at: datetime | None


PUT = command(
    """
    insert into parcel (bkt, parcel_id, order_id, purchase_id, shop_id, courier, tracking_no, state, sent_at, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, 'SENT', $8, $8)
    """
)
PUT_LINES = command(
    """
    insert into parcel_line (bkt, parcel_id, line_id, quantity)
    select $1, $2, l.line_id, l.quantity from unnest($3::bigint[], $4::bigint[]) as l (line_id, quantity)
    """
)
LIST = rows(
    Parcel,
    """
    select parcel_id, order_id, courier, tracking_no, state, sent_at, delivered_at from parcel
    where bkt = $1 and order_id = $2 order by parcel_id limit 50
    """,
)


async def open_parcel(
    tx: Tx,
    parcel_id: int,
    purchase_id: int,
    order_id: int,
    shop_id: int,
    courier: str,
    tracking_no: str,
    lines: Sequence[ParcelLine],
) -> None:
    """Hand lines of an order to a courier. A line goes into one parcel only."""
    if not _TRACKING_NO.fullmatch(tracking_no):
        raise Invalid("tracking_no", "4 to 40 letters, digits and dashes")
    await tx.run(PUT, tx.bucket, parcel_id, order_id, purchase_id, shop_id, courier, tracking_no, tx.now)
    await tx.run(PUT_LINES, tx.bucket, parcel_id, [line.line_id for line in lines], [line.quantity for line in lines])


async def list_parcels(tx: Tx, order_id: int) -> list[Parcel]:
    """The parcels of an order; whoever may see the order may see them."""
    return await tx.all(LIST, bucket_of(order_id), order_id)
