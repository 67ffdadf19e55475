"""Noting: what was asked, shown, looked at and bought, for learning.

No personal data: nobody's number, name or address.

The notes are those of User Behavior Insights (UBI 1.3): queries with the products they showed, and events that name the
query they came from. A client is a hash that says "the same one" within a day and means nothing after it. They are
gathered in memory and written twice a second; what a dying process had not written yet is lost, and nothing hangs on
it.
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.ids import BUCKETS, bucket_of
from datong.kernel.sql import Command, command, rows
from datong.kernel.tx import LOST, Db, Tx
from datong.platform.search.query_understanding import Query

Action = Literal["click", "add_to_cart", "purchase"]
FLUSH_SECONDS = 0.5
MAX_WAITING = 5_000
MAX_WRITTEN = 500
WITHHELD = "·"
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?:\d[\s-]?){7,}|\d{15}[\dXx]{3}")
"""An address, a telephone number, an identity number: not kept, whoever typed it into a search box."""


class QueryNote(msgspec.Struct, frozen=True):
    """A query and what it showed."""

    query_id: int
    client: str
    phrase: str
    shown: str
    attributes: dict[str, Any]
    total: int
    hits: list[int]
    asked_at: datetime


class EventNote(msgspec.Struct, frozen=True):
    """What came of a query: a click, a product in the cart, an order."""

    event_id: int
    query_id: int
    client: str
    action: str
    product_id: int
    position: int
    happened_at: datetime


class Trail(msgspec.Struct, frozen=True):
    """By which query someone came to a product: kept for them alone, and forgotten after days."""

    product_id: int
    query_id: int
    position: int


PUT_QUERIES = command(
    """
    insert into search_query (bkt, query_id, client, phrase, shown, attributes, total, hits, asked_at)
    select $1, w.query_id, w.client, w.phrase, w.shown, w.attributes, w.total,
           array(select jsonb_array_elements_text(w.hits)::bigint), w.asked_at
    from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bigint[], $8::jsonb[],
        $9::timestamptz[])
      as w (query_id, client, phrase, shown, attributes, total, hits, asked_at)
    on conflict do nothing
    """
)
PUT_EVENTS = command(
    """
    insert into search_event (bkt, event_id, query_id, client, action, product_id, position, happened_at)
    select $1, w.* from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::integer[],
                               $8::timestamptz[])
      as w (event_id, query_id, client, action, product_id, position, happened_at)
    on conflict do nothing
    """
)
PUT_TRAIL = command(
    """
    insert into search_trail (bkt, actor_id, product_id, query_id, position, clicked_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (bkt, actor_id, product_id) do update set query_id = $4, position = $5, clicked_at = $6
    """
)
TRAILS = rows(
    Trail,
    """
    select product_id, query_id, position from search_trail
    where bkt = $1 and actor_id = $2 and product_id = any($3) and clicked_at > $4
    """,
)


class Notes:
    """One process's notes that are not written yet. All that are written at once share a bucket, drawn by chance."""

    def __init__(self) -> None:
        self.bucket = secrets.randbelow(BUCKETS)
        self._queries: list[QueryNote] = []
        self._events: list[EventNote] = []
        self._writing: asyncio.Task[None] | None = None

    def add(self, db: Db, note: QueryNote | EventNote) -> None:
        """Keep a note; with too many waiting (the database is away) it is let go."""
        if len(self._queries) + len(self._events) >= MAX_WAITING:
            return
        if isinstance(note, QueryNote):
            self._queries.append(note)
        else:
            self._events.append(note)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon(db))

    async def _write_soon(self, db: Db) -> None:
        await asyncio.sleep(FLUSH_SECONDS)
        with suppress(*LOST):
            await self.write(db)

    async def write(self, db: Db) -> int:
        """Write what waits; answers how much it was."""
        queries, self._queries = self._queries[:MAX_WRITTEN], self._queries[MAX_WRITTEN:]
        events, self._events = self._events[:MAX_WRITTEN], self._events[MAX_WRITTEN:]
        self.bucket = secrets.randbelow(BUCKETS)
        for bucket in {bucket_of(each.query_id) for each in queries} | {bucket_of(each.event_id) for each in events}:
            async with db.begin_many([bucket], is_async_commit=True) as tx:
                await _put(tx, PUT_QUERIES, [each for each in queries if bucket_of(each.query_id) == bucket])
                await _put(tx, PUT_EVENTS, [each for each in events if bucket_of(each.event_id) == bucket])
        return len(queries) + len(events)


async def _put(tx: Tx, put: Command, notes: Sequence[QueryNote | EventNote]) -> None:
    if notes:
        columns = zip(*(msgspec.structs.astuple(each) for each in notes), strict=True)
        await tx.run(put, tx.bucket, *map(_listed, columns))


def _listed(column: Sequence[object]) -> list[object]:
    """A column of values; a list among them is one JSON document."""
    return [msgspec.Raw(msgspec.json.encode(each)) if isinstance(each, list) else each for each in column]


def notes_of(db: Db) -> Notes:
    """This process's notes."""
    return db.keep("search.notes", Notes)


async def note_query(
    db: Db, query: Query, client: str, attributes: dict[str, Any], total: int, hits: Sequence[int]
) -> int:
    """Note what was asked and shown; answers the query's number, which its results carry along."""
    notes = notes_of(db)
    query_id = (await db.ids()).new(notes.bucket)
    shown = WITHHELD if _CONTACT.search(query.text) else query.text
    phrase = WITHHELD if shown == WITHHELD else query.key
    notes.add(db, QueryNote(query_id, client, phrase, shown, attributes, total, list(hits), db.now()))
    return query_id


async def note_event(
    db: Db, actor: Actor, client: str, action: Action, query_id: int, product_id: int, position: int
) -> None:
    """Note that someone did something with a product that a query showed; a click leaves a trail for a later order."""
    notes = notes_of(db)
    event_id = (await db.ids()).new(notes.bucket)
    notes.add(db, EventNote(event_id, query_id, client, action, product_id, position, db.now()))
    if actor.id and action == "click":
        async with db.begin_many([actor.bucket], is_async_commit=True) as tx:
            await tx.run(PUT_TRAIL, actor.bucket, actor.id, product_id, query_id, position, tx.now)


async def find_trails(tx: Tx, actor_id: int, product_ids: Sequence[int], since: datetime) -> list[Trail]:
    """By which queries an actor came to these products."""
    return await tx.all(TRAILS, bucket_of(actor_id), actor_id, list(product_ids), since)


async def note_orders(tx: Tx, trails: Sequence[Trail], happened_at: datetime) -> None:
    """Note, in the buyer's own transaction and without the buyer, that what queries showed was bought."""
    await _put(
        tx, PUT_EVENTS,
        [EventNote(tx.new_id(), each.query_id, "", "purchase", each.product_id, each.position,
        happened_at) for each in trails],
    )  # fmt: skip
