"""Delivery of facts: at least once, in order for one owner, each reaction's effect exactly once.

A fact lies in the outbox from the moment its transaction commits. The deliverer runs every reaction in a
transaction of its own that first notes (fact, reaction) in the inbox of the bucket it writes: a repeated
delivery finds the note and does nothing. Facts that come in crowds share one transaction. A delivery lost
in a crash is made again, so it waits for no disk. A failing fact holds back the later facts of its owner alone and
is retried with growing pauses; after the last attempt it becomes a dead letter, kept and shown until an
operator sends it again.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from datong.kernel.fact import AnyReaction, Fact
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import NotFound
from datong.kernel.sql import changed_value, command, rows, value
from datong.kernel.tx import Db, Tx, is_lost

log = logging.getLogger("datong.outbox")

BATCH = 200
TOGETHER = 64
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
    with put_off as materialized (
        select bkt, owner_id, min(seq) as seq from fact_outbox
        where delivered_at is null and dead_at is null and due_at > $1 group by bkt, owner_id)
    select o.bkt, o.fact_id, o.seq, o.owner_id, o.kind, o.body, o.attempts
    from fact_outbox o
    where o.delivered_at is null and o.dead_at is null and (o.due_at is null or o.due_at <= $1)
      and not exists (select 1 from put_off p where p.bkt = o.bkt and p.owner_id = o.owner_id and p.seq < o.seq)
    order by o.seq limit $2
    """,
)
NOTE = changed_value(int, "select fact_note($1, $2, $3::integer[], $4::bigint[], $5)")
DELIVERED = changed_value(int, "select fact_delivered($1, $2, $3::integer[], $4::bigint[])")
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
        gate = asyncio.Semaphore(at_once)
        failed: set[int] = set()

        async def run_group(group: list[Waiting]) -> None:
            async with gate:
                done = await self._deliver_group(db, group)
            failed.update({each.owner_id for each in group} - {each.owner_id for each in done})

        for round_ in _rounds(waiting):
            ready = [each for each in round_ if each.owner_id not in failed]
            await asyncio.gather(*(run_group(group) for group in self._groups(ready)))
        return len(waiting)

    async def deliver_all(self, db: Db) -> int:
        """Deliver until nothing waits that is due; answers how many were tried."""
        total = 0
        while tried := await self.deliver(db):
            total += tried
        return total

    def _groups(self, ready: Sequence[Waiting]) -> list[list[Waiting]]:
        """What is delivered together: facts of one kind, if every reaction to it takes many."""
        groups: dict[object, list[Waiting]] = {}
        for each in ready:
            is_shared = all(reaction.takes_many for reaction in self._reactions.get(each.kind, ()))
            groups.setdefault(each.kind if is_shared else each.fact_id, []).append(each)
        return [
            group[start : start + TOGETHER] for group in groups.values() for start in range(0, len(group), TOGETHER)
        ]

    async def _deliver_group(self, db: Db, group: list[Waiting]) -> list[Waiting]:
        """Answers those that were delivered; a group that fails is delivered again one by one."""
        try:
            await self._act(db, group)
        except Exception as error:
            if is_lost(error):
                raise
            if len(group) > 1:
                return [done for each in group for done in await self._deliver_group(db, [each])]
            log.exception("a fact failed", extra={"fact_id": group[0].fact_id, "kind": group[0].kind})
            await self._put_off(db, group[0], error)
            return []
        for buckets in db.groups(each.bkt for each in group):
            mine = [each for each in group if each.bkt in buckets]
            places = [each.bkt for each in mine], [each.fact_id for each in mine]
            await db.once(buckets[0], DELIVERED, buckets[0], db.now(), *places, is_async_commit=True)
        return group

    async def _act(self, db: Db, group: Sequence[Waiting]) -> None:
        kind = group[0].kind
        facts = {each.fact_id: msgspec.convert(each.body, self._facts[kind]) for each in group}
        for reaction in self._reactions.get(kind, ()):
            notes = sorted({(bucket, fact_id) for fact_id, fact in facts.items() for bucket in reaction.buckets(fact)})
            for buckets in _groups_for(db, reaction, notes):
                mine = [note for note in notes if note[0] in buckets]
                async with db.begin_many(buckets, is_async_commit=True) as tx:
                    names = [[bucket for bucket, _ in mine], [fact_id for _, fact_id in mine], reaction.name]
                    new = await tx.all(NOTE, buckets[0], tx.now, *names)
                    told = [facts[fact_id] for fact_id in dict.fromkeys(new)]
                    if told and reaction.takes_many:
                        await reaction.act(tx, told)
                    elif told:
                        await reaction.act(tx, told[0])

    async def _put_off(self, db: Db, waiting: Waiting, error: Exception) -> None:
        pause = min(FIRST_PAUSE_SECONDS * 2**waiting.attempts, LONGEST_PAUSE_SECONDS)
        async with db.begin(waiting.bkt) as tx:
            dead_at = tx.now if waiting.attempts + 1 >= MAX_ATTEMPTS else None
            due_at = tx.now + timedelta(seconds=pause)
            reason = f"{type(error).__name__}: {error}"[:500]
            await tx.run(FAILED, waiting.bkt, waiting.fact_id, due_at, dead_at, reason)


def _rounds(waiting: Sequence[Waiting]) -> list[list[Waiting]]:
    """First every owner's first fact, then every second one: within a round no two have one owner."""
    rounds: list[list[Waiting]] = []
    told: dict[int, int] = {}
    for each in waiting:
        place = told.get(each.owner_id, 0)
        told[each.owner_id] = place + 1
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(each)
    return rounds


def _groups_for(db: Db, reaction: AnyReaction, notes: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The buckets of each transaction: a reaction that takes one fact at a time has one bucket at a time too."""
    buckets = [bucket for bucket, _ in notes]
    return db.groups(buckets) if reaction.takes_many else [[each] for each in sorted(set(buckets))]


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
