"""Holding stock for purchases that are being placed: all of it, or none; it expires.

Many callers are held for in one statement, so that a hot SKU is locked once for all of them. On a cluster a
hold may reach over several item buckets; they are held one after the other, and if one is short, those
before it are released, and would expire by themselves if the process died here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from datong.commerce.rulebook import Parameter, get_rules
from datong.facts.order import DepositPlaced, PurchasePlaced
from datong.kernel.batching import run_batch
from datong.kernel.ids import bucket_of
from datong.kernel.outbox import horizon
from datong.kernel.refusal import Conflict
from datong.kernel.sql import changed, changed_value, rows
from datong.kernel.tx import Db

HOLD_SECONDS = Parameter(
    "inventory.hold_seconds", int, 600, "correctness.md §5: holds expire, 10 minutes", bounds=(60, 86_400)
)
HELD_PIECES = Parameter(
    "inventory.held_pieces", int, 500, "DESIGN: what one buyer may hold of a SKU without paying", bounds=(1, 1_000_000)
)
SOLD_OUT = timedelta(seconds=1)
"""How long a process remembers that nothing of a SKU was free; a restocked SKU is sold again after it."""


class StockShort(Conflict):
    """There is not enough of a SKU; `free` is how many are left."""

    code = "inventory.stock_short"

    def __init__(self, sku_id: int, free: int) -> None:
        self.sku_id = str(sku_id)
        self.free = free


class TooManyHeld(Conflict):
    """A buyer may hold only so many pieces of one SKU without paying for them."""

    code = "inventory.too_many_held"

    def __init__(self, sku_id: int, most: int) -> None:
        self.sku_id = str(sku_id)
        self.most = most


class Hold(msgspec.Struct, frozen=True):
    """A hold in force until `expires_at`."""

    hold_id: int
    sku_ids: list[int]
    expires_at: datetime


class Short(msgspec.Struct, frozen=True):
    """A SKU of which too few are free for a hold; -1 if it is the owner who holds too many."""

    hold_id: int
    sku_id: int
    free: int


class HoldAsk(msgspec.Struct, frozen=True):
    """What someone wants held: a new id for each attempt, whose it is (0: nobody's), quantities by SKU."""

    hold_id: int
    owner_id: int
    quantities: Mapping[int, int]


class Expired(msgspec.Struct, frozen=True):
    """A hold in one bucket that has run out."""

    bkt: int
    hold_id: int
    sku_ids: list[int]


HOLD = changed(
    Short,
    """
    select hold_id, sku_id, free
    from inventory_hold($1, $2, $3, $4, $5::bigint[], $6::bigint[], $7::integer[], $8::bigint[], $9::bigint[])
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


class SoldOut:
    """What this process found sold out a moment ago, so that a rush for nothing costs the database nothing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._noted: dict[int, datetime] = {}

    def find(self, quantities: Mapping[int, int]) -> int | None:
        """A SKU of these that is known to be sold out, or None."""
        if not self._noted:
            return None
        now = self._now()
        return next(
            (each for each in quantities if each in self._noted and abs(now - self._noted[each]) < SOLD_OUT), None
        )

    def note(self, sku_id: int) -> None:
        """Nothing was free of this one."""
        if len(self._noted) > 10_000:  # noqa: PLR2004 - more are forgotten at once
            self._noted.clear()
        self._noted[sku_id] = self._now()

    def forget(self, sku_ids: Sequence[int]) -> None:
        """There may be some again."""
        for sku_id in sku_ids:
            self._noted.pop(sku_id, None)


def sold_out(db: Db) -> SoldOut:
    """This process's memory of what is sold out."""
    return db.keep("inventory.sold_out", lambda: SoldOut(db.now))


async def hold(db: Db, hold_id: int, quantities: Mapping[int, int], owner_id: int = 0) -> Hold:
    """Hold these quantities by SKU under `hold_id`. Refuses `StockShort`, `TooManyHeld`."""
    (answer,) = await hold_many(db, [HoldAsk(hold_id, owner_id, quantities)])
    if isinstance(answer, Exception):
        raise answer
    return answer


async def hold_many(db: Db, asks: Sequence[HoldAsk]) -> list[Hold | Exception]:
    """Hold for each, in turn: the hold, or why not. What is known to be sold out is refused from memory."""
    async with db.read() as tx:
        rules = await get_rules(tx)
        until = tx.now + timedelta(seconds=rules.value(HOLD_SECONDS, tx.now))
        most = rules.value(HELD_PIECES, tx.now)
    answers: dict[int, Hold | Exception] = {}
    for ask in asks:
        known = sold_out(db).find(ask.quantities)
        if known is not None:
            answers[ask.hold_id] = StockShort(known, 0)

    async def hold_some(some: Sequence[HoldAsk]) -> list[Hold | Exception]:
        return await _hold_some(db, some, until, most)

    rest = [ask for ask in asks if ask.hold_id not in answers]
    for ask, answer in zip(rest, await run_batch(hold_some, rest), strict=True):
        answers[ask.hold_id] = answer
    return [answers[ask.hold_id] for ask in asks]


async def _hold_some(db: Db, asks: Sequence[HoldAsk], until: datetime, most: int) -> list[Hold | Exception]:
    """One statement where all buckets may be written at once, else one for each bucket, in order."""
    refused: dict[int, Exception] = {}
    held: dict[int, list[int]] = {ask.hold_id: [] for ask in asks}
    for buckets in db.groups(bucket_of(sku_id) for ask in asks for sku_id in ask.quantities):
        lines = [
            (ask.hold_id, ask.owner_id, bucket_of(sku_id), sku_id, ask.quantities[sku_id])
            for ask in asks
            if ask.hold_id not in refused
            for sku_id in sorted(ask.quantities)
            if bucket_of(sku_id) in buckets
        ]
        if not lines:
            continue
        columns = (list(part) for part in zip(*lines, strict=True))
        found = await db.once(buckets[0], HOLD, buckets[0], db.now(), until, most, *columns, is_async_commit=True)
        for short in found:
            refused[short.hold_id] = _refusal(db, short, most)
        for hold_id, _, _, sku_id, _ in lines:
            if hold_id not in refused:
                held[hold_id].append(sku_id)
    for hold_id in refused:
        await release(db, Hold(hold_id, held[hold_id], until))
    return [refused.get(ask.hold_id) or Hold(ask.hold_id, held[ask.hold_id], until) for ask in asks]


def _refusal(db: Db, short: Short, most: int) -> Exception:
    if short.free < 0:
        return TooManyHeld(short.sku_id, most)
    if short.free == 0:
        sold_out(db).note(short.sku_id)
    return StockShort(short.sku_id, short.free)


async def release(db: Db, held: Hold) -> None:
    """Let go of a hold that is not bound; letting go twice is no matter."""
    sold_out(db).forget(held.sku_ids)
    for bucket, sku_ids in by_bucket(held.sku_ids).items():
        async with db.begin(bucket) as tx:
            await tx.one(RELEASE, bucket, held.hold_id, sku_ids, tx.now)


async def expire_holds(db: Db) -> int:
    """Release holds that ran out, but only those whose purchase would be known by now had it been written."""
    async with db.read() as tx:
        known = await horizon(tx, PurchasePlaced, DepositPlaced)
        run_out = await tx.all(EXPIRED, min(known, tx.now))
    for each in run_out:
        async with db.begin(each.bkt) as tx:
            await tx.one(RELEASE, each.bkt, each.hold_id, each.sku_ids, tx.now)
    return len(run_out)
