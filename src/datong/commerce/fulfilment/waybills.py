"""Waybills: a courier's number is one parcel's, whoever sends it.

The parcel is in the buyer's bucket and the number in its own, so the number is claimed for the order first, beside the
open transaction. A claim whose parcel came to nothing is the order's to use again, and anybody's after a day.
"""

from datetime import timedelta

from datong.kernel.ids import bucket_for, bucket_of
from datong.kernel.refusal import Conflict
from datong.kernel.sql import changed_value, command, value
from datong.kernel.tx import Db, Tx

ABANDONED = timedelta(days=1)
CLAIM = changed_value(
    int,
    """
    insert into waybill as w (bkt, courier, tracking_no, order_id, kind, claimed_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (bkt, courier, tracking_no) do update set order_id = $4, kind = $5, claimed_at = $6
    where (w.order_id = $4 and w.kind = $5) or (w.claimed_at < $7 and not w.is_sent)
    returning w.order_id
    """,
)
KEEP = command("update waybill set is_sent = true where bkt = $1 and courier = $2 and tracking_no = $3")
OURS = value(int, "select order_id from waybill where bkt = $1 and courier = $2 and tracking_no = $3 and kind = $4")
NAMED = value(int, "select parcel_id from tracking_number where bkt = $1 and courier = $2 and tracking_no = $3 limit 1")
SENT = value(
    int,
    """
    select parcel_id from parcel
    where bkt = $1 and order_id = $2 and courier = $3 and upper(tracking_no) = $4 and kind <> 'RETURN' limit 1
    """,
)


class WaybillUsed(Conflict):
    """This number of this courier is another parcel's."""

    code = "fulfilment.waybill_used"

    def __init__(self, tracking_no: str) -> None:
        self.tracking_no = tracking_no


async def claim_waybill(tx: Tx, courier: str, tracking_no: str, order_id: int, kind: str) -> None:
    """Claim a number for one parcel of a locked order; refuses `WaybillUsed`.

    Several cases of one order may go back in one box: a RETURN may be claimed by its order again. Letters count alike
    in both cases.
    """
    number = tracking_no.upper()
    bucket = bucket_for(number)
    if await tx.maybe(SENT, bucket_of(order_id), order_id, courier, number) is not None:
        raise WaybillUsed(tracking_no)
    # Numbers of former releases have a parcel and no claim.
    is_named = await tx.maybe(NAMED, bucket_for(tracking_no), courier, tracking_no) is not None
    if is_named and await tx.maybe(OURS, bucket, courier, number, kind) != order_id:
        raise WaybillUsed(tracking_no)
    claimed = await tx.source.beside(bucket, CLAIM, bucket, courier, number, order_id, kind, tx.now, tx.now - ABANDONED)
    if not claimed:
        raise WaybillUsed(tracking_no)


async def keep_waybill(db: Db, courier: str, tracking_no: str) -> None:
    """The parcel of a claimed number is there: nobody takes the claim over any more."""
    number = tracking_no.upper()
    async with db.begin(bucket_for(number)) as tx:
        await tx.run(KEEP, tx.bucket, courier, number)
