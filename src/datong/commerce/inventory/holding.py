"""Holding stock for a purchase that is being placed: all of it, or none; idempotent; it expires.

A purchase may reach over several item buckets. They are held one after the other in bucket order; if one
is short, those before it are released, and would expire by themselves if the process died here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from datong.commerce.rulebook import Parameter, get_rules
from datong.facts import PurchasePlaced
from datong.kernel.ids import bucket_of
from datong.kernel.outbox import horizon
from datong.kernel.refusal import Conflict, TooMany
from datong.kernel.sql import changed, changed_value, rows
from datong.kernel.tx import Db

HOLD_SECONDS = Parameter("inventory.hold_seconds", int, 600, "correctness.md §5: holds expire, 10 minutes")


class StockShort(Conflict):
    """There is not enough of a SKU; `free` is how many are left."""

    code = "inventory.stock_short"

    def __init__(self, sku_id: int, free: int) -> None:
        self.sku_id = str(sku_id)
        self.free = free


class Hold(msgspec.Struct, frozen=True):
    """A hold in force until `expires_at`."""

    hold_id: int
    sku_ids: list[int]
    expires_at: datetime


class Short(msgspec.Struct, frozen=True):
    """A SKU of which too few are free for a hold."""

    hold_id: int
    sku_id: int
    free: int


class Wanted(msgspec.Struct, frozen=True):
    """What one hold asks of one item bucket."""

    hold_id: int
    bucket: int
    quantities: list[tuple[int, int]]


class Expired(msgspec.Struct, frozen=True):
    """A hold in one bucket that has run out."""

    bkt: int
    hold_id: int
    sku_ids: list[int]


HOLD = changed(
    Short,
    """
    select hold_id, sku_id, free
    from inventory_hold_batch($1, $2, $3, $4::bigint[], $5::integer[], $6::bigint[], $7::bigint[])
    """,
)
RELEASE = changed_value(int, "select inventory_move($1, $2, $3::bigint[], 'RELEASED', array['HELD'], $4)")
EXPIRED = rows(
    Expired,
    """
    select bkt, hold_id, array_agg(sku_id order by sku_id) as sku_ids
    from (select bkt, hold_id, sku_id from hold where state = 'HELD' and expires_at <= $1
          order by expires_at limit 500) as run_out
    group by bkt, hold_id
    """,
)


def by_bucket(sku_ids: Mapping[int, int] | list[int]) -> dict[int, list[int]]:
    """SKUs by the bucket of their stock, both in order."""
    found: dict[int, list[int]] = {}
    for sku_id in sorted(sku_ids):
        found.setdefault(bucket_of(sku_id), []).append(sku_id)
    return dict(sorted(found.items()))


async def hold(db: Db, hold_id: int, quantities: Mapping[int, int]) -> Hold:
    """Hold these quantities by SKU under `hold_id`, new for each attempt. Refuses `StockShort`, `TooMany`.

    Concurrent callers are gathered by lane, so that a hot SKU is locked once for many of them.
    """
    done: list[int] = []
    async with db.read() as tx:
        until = tx.now + timedelta(seconds=(await get_rules(tx)).value(HOLD_SECONDS, tx.now))

    async def hold_batch(batch: Sequence[Wanted]) -> list[bool | Exception]:
        return await _hold_batch(db, batch)

    lanes = db.lanes("inventory.hold", hold_batch)
    try:
        for bucket, sku_ids in by_bucket(quantities).items():
            lines = [(sku_id, quantities[sku_id]) for sku_id in sku_ids]
            await lanes.ask(bucket, Wanted(hold_id, bucket, lines))
            done += sku_ids
    except (StockShort, TooMany):
        await release(db, Hold(hold_id, done, until))
        raise
    return Hold(hold_id, done, until)


async def _hold_batch(db: Db, batch: Sequence[Wanted]) -> list[bool | Exception]:
    """One statement for all of them: True, or the refusal, for each."""
    async with db.read() as tx:
        now = tx.now
        until = now + timedelta(seconds=(await get_rules(tx)).value(HOLD_SECONDS, now))
    rows_ = [(each.hold_id, each.bucket, sku_id, count) for each in batch for sku_id, count in each.quantities]
    found = await db.once(
        batch[0].bucket, HOLD, batch[0].bucket, now, until, *(list(part) for part in zip(*rows_, strict=True))
    )
    short = {(each.hold_id, bucket_of(each.sku_id)): each for each in found}
    answers: list[bool | Exception] = []
    for each in batch:
        refused = short.get((each.hold_id, each.bucket))
        answers.append(StockShort(refused.sku_id, refused.free) if refused else True)
    return answers


async def release(db: Db, held: Hold) -> None:
    """Let go of a hold that is not bound; letting go twice is no matter."""
    for bucket, sku_ids in by_bucket(held.sku_ids).items():
        async with db.begin(bucket) as tx:
            await tx.one(RELEASE, bucket, held.hold_id, sku_ids, tx.now)


async def expire_holds(db: Db) -> int:
    """Release holds that ran out, but only those whose purchase would be known by now had it been written."""
    async with db.read() as tx:
        known = await horizon(tx, PurchasePlaced)
        run_out = await tx.all(EXPIRED, min(known, tx.now))
    for each in run_out:
        async with db.begin(each.bkt) as tx:
            await tx.one(RELEASE, each.bkt, each.hold_id, each.sku_ids, tx.now)
    return len(run_out)
