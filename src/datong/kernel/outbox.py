"""Delivery of facts: at least once, in order for one owner, each reaction's effect exactly once.

A fact lies in the outbox from the moment its transaction commits. The deliverer runs every reaction in a
transaction of its own that first notes (fact, reaction) in the inbox of the bucket it writes: a repeated
delivery finds the note and does nothing. A failing fact holds back the later facts of its owner alone and
is retried with growing pauses; after the last attempt it becomes a dead letter, kept and shown until an
operator sends it again.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from datong.kernel.fact import AnyReaction, Fact
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import NotFound
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db, Tx, is_lost

log = logging.getLogger("datong.outbox")

BATCH = 200
MAX_ATTEMPTS = 10
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 600
KEEP_DAYS = 14
MARGIN = timedelta(seconds=60)
"""Longer than any transaction lives: what was told before it is visible by now."""


class Waiting(msgspec.Struct, frozen=True):
    """A fact that waits for its delivery."""

    bkt: int
    fact_id: int
    seq: int
    owner_id: int
    kind: str
    body: dict[str, object]
    attempts: int


class DeadLetter(msgspec.Struct, frozen=True):
    """A fact that could not be delivered."""

    fact_id: int
    kind: str
    owner_id: int
    told_at: datetime
    dead_at: datetime
    attempts: int
    reason: str


class Backlog(msgspec.Struct, frozen=True):
    """How far delivery is behind."""

    waiting: int
    dead: int
    oldest_told_at: datetime | None


NEXT = rows(
    Waiting,
    """
    select o.bkt, o.fact_id, o.seq, o.owner_id, o.kind, o.body, o.attempts
    from fact_outbox o
    where o.delivered_at is null and o.dead_at is null and (o.due_at is null or o.due_at <= $1)
      and not exists (
        select 1 from fact_outbox e
        where e.bkt = o.bkt and e.owner_id = o.owner_id and e.seq < o.seq
          and e.delivered_at is null and e.dead_at is null and e.due_at > $1)
    order by o.seq limit $2
    """,
)
NOTE = command(
    "insert into fact_inbox (bkt, fact_id, reaction, done_at) values ($1, $2, $3, $4) on conflict do nothing"
)
DELIVERED = command("update fact_outbox set delivered_at = $3 where bkt = $1 and fact_id = any($2)")
FAILED = command(
    """
    update fact_outbox set attempts = attempts + 1, due_at = $3, dead_at = $4, reason = $5
    where bkt = $1 and fact_id = $2
    """
)
REVIVE = command(
    """
    update fact_outbox set dead_at = null, attempts = 0, due_at = null
    where bkt = $1 and fact_id = $2 and dead_at is not null and delivered_at is null
    """
)
LIST_DEAD = rows(
    DeadLetter,
    """
    select fact_id, kind, owner_id, told_at, dead_at, attempts, reason from fact_outbox
    where dead_at is not null and fact_id > $1 order by fact_id limit $2
    """,
)
BACKLOG = rows(
    Backlog,
    """
    select count(*) filter (where dead_at is null) as waiting, count(*) filter (where dead_at is not null) as dead,
           min(told_at) filter (where dead_at is null) as oldest_told_at
    from fact_outbox where delivered_at is null
    """,
)
HORIZON = value(
    datetime,
    """
    select coalesce(min(told_at), $2) from fact_outbox
    where delivered_at is null and kind = any($1)
    """,
)
PRUNE = (
    command("delete from fact_outbox where delivered_at < $1"),
    command("delete from fact_inbox where done_at < $1"),
    command("delete from request where asked_at < $1"),
    command("delete from attempt_limit where window_ends_at < $1"),
)


class Deliverer:
    """Delivers waiting facts to the reactions of this process."""

    def __init__(self, facts: Mapping[str, type[Fact]], reactions: Sequence[AnyReaction]) -> None:
        self._facts = facts
        self._reactions: dict[str, list[AnyReaction]] = {}
        for reaction in reactions:
            self._reactions.setdefault(reaction.fact.__name__, []).append(reaction)

    async def deliver(self, db: Db, at_once: int = 4) -> int:
        """Deliver one batch; answers how many facts were tried. Owners go side by side, each in order."""
        async with db.read() as tx:
            waiting = await tx.all(NEXT, tx.now, BATCH)
        lanes: dict[int, list[Waiting]] = {}
        for fact in waiting:
            lanes.setdefault(fact.owner_id, []).append(fact)
        gate = asyncio.Semaphore(at_once)

        async def run_lane(lane: list[Waiting]) -> None:
            async with gate:
                await self._deliver_lane(db, lane)

        await asyncio.gather(*(run_lane(lane) for lane in lanes.values()))
        return len(waiting)

    async def deliver_all(self, db: Db) -> int:
        """Deliver until nothing waits that is due; answers how many were tried."""
        total = 0
        while tried := await self.deliver(db):
            total += tried
        return total

    async def _deliver_lane(self, db: Db, lane: list[Waiting]) -> None:
        done: list[Waiting] = []
        try:
            for waiting in lane:
                if not await self._deliver_one(db, waiting):
                    break
                done.append(waiting)
        finally:
            for bucket, group in groupby(done, key=lambda fact: fact.bkt):
                async with db.begin(bucket) as tx:
                    await tx.run(DELIVERED, bucket, [fact.fact_id for fact in group], tx.now)

    async def _deliver_one(self, db: Db, waiting: Waiting) -> bool:
        try:
            fact = msgspec.convert(waiting.body, self._facts[waiting.kind])
            for reaction in self._reactions.get(waiting.kind, ()):
                for bucket in sorted(set(reaction.buckets(fact))):
                    async with db.begin(bucket) as tx:
                        if await tx.run(NOTE, bucket, waiting.fact_id, reaction.name, tx.now):
                            await reaction.act(tx, fact)
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("a fact failed", extra={"fact_id": waiting.fact_id, "kind": waiting.kind})
            await self._put_off(db, waiting, error)
            return False
        return True

    async def _put_off(self, db: Db, waiting: Waiting, error: Exception) -> None:
        pause = min(FIRST_PAUSE_SECONDS * 2**waiting.attempts, LONGEST_PAUSE_SECONDS)
        async with db.begin(waiting.bkt) as tx:
            dead_at = tx.now if waiting.attempts + 1 >= MAX_ATTEMPTS else None
            due_at = tx.now + timedelta(seconds=pause)
            reason = f"{type(error).__name__}: {error}"[:500]
            await tx.run(FAILED, waiting.bkt, waiting.fact_id, due_at, dead_at, reason)


async def list_dead_letters(tx: Tx, cursor: str = "", limit: int = 50) -> Page[DeadLetter]:
    """Facts that could not be delivered, oldest first."""
    (after,) = decode_cursor(cursor, [0])
    found = await tx.all(LIST_DEAD, after, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda letter: [letter.fact_id])


async def send_again(db: Db, fact_id: int) -> None:
    """Give a dead letter all its attempts once more; refuses `NotFound` if it is not one."""
    bucket = bucket_of(fact_id)
    async with db.begin(bucket) as tx:
        if not await tx.run(REVIVE, bucket, fact_id):
            raise NotFound("dead_letter", fact_id)


async def backlog(tx: Tx) -> Backlog:
    """How many facts wait and how old the oldest is."""
    return await tx.one(BACKLOG)


async def horizon(tx: Tx, *kinds: type[Fact]) -> datetime:
    """All facts of these kinds told before this instant have been delivered.

    A sweep that would undo something unless a fact forbids it may act only on what is older. A dead letter
    keeps the horizon where it is: better a held unit too many than one sold twice.
    """
    return await tx.one(HORIZON, [kind.__name__ for kind in kinds], tx.now) - MARGIN


async def prune(db: Db) -> int:
    """Forget delivered facts, their notes, old request keys and limits; answers how many rows went."""
    gone = 0
    for statement in PRUNE:
        async with db.begin() as tx:
            gone += await tx.run(statement, tx.now - timedelta(days=KEEP_DAYS))
    return gone
