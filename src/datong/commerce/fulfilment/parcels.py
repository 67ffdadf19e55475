"""Opening a parcel: what is in it and who carries it."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.commerce.fulfilment.waybills import claim_waybill
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
    kind: str = "OUT"
    """OUT: to the buyer; RETURN: back to the shop; REPLACEMENT: to the buyer once more."""
    case_id: int = 0


PUT = command(
    """
    insert into parcel (bkt, parcel_id, order_id, purchase_id, shop_id, courier, tracking_no, state, sent_at, due_at,
                        kind, case_id)
    values ($1, $2, $3, $4, $5, $6, $7, 'SENT', $8, $8, $9, $10)
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
    select parcel_id, order_id, courier, tracking_no, state, sent_at, delivered_at, kind, case_id from parcel
    where bkt = $1 and order_id = $2 and case_id = $3 order by parcel_id limit 50
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
    sent = Parcel(parcel_id, order_id, courier, tracking_no, "SENT", tx.now, None)
    await _put(tx, sent, purchase_id, shop_id)
    await tx.run(PUT_LINES, tx.bucket, parcel_id, [line.line_id for line in lines], [line.quantity for line in lines])


async def open_case_parcel(tx: Tx, sent: Parcel, purchase_id: int, shop_id: int) -> None:
    """Hand goods of a refund case to a courier: back to the shop, or a replacement to the buyer."""
    await _put(tx, sent, purchase_id, shop_id)


async def _put(tx: Tx, sent: Parcel, purchase_id: int, shop_id: int) -> None:
    tracking_no = sent.tracking_no
    if not _TRACKING_NO.fullmatch(tracking_no):
        raise Invalid("tracking_no", "4 to 40 letters, digits and dashes")
    await claim_waybill(tx, sent.courier, tracking_no, sent.order_id, sent.kind)
    await tx.run(
        PUT, tx.bucket, sent.parcel_id, sent.order_id, purchase_id, shop_id, sent.courier, tracking_no, tx.now,
        sent.kind, sent.case_id,
    )  # fmt: skip


async def list_parcels(tx: Tx, order_id: int, case_id: int = 0) -> list[Parcel]:
    """The parcels an order went out in, or those of one of its refund cases; whoever may see it may see them."""
    return await tx.all(LIST, bucket_of(order_id), order_id, case_id)
