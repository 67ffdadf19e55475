"""Transactions: the only way to the database.

`db.begin(bucket)` is one transaction that may write one bucket; `db.read()` is for pages. A use case that
takes `tx` works inside its caller's transaction and never commits.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from datong.kernel.clock import Clock
from datong.kernel.fact import Fact
from datong.kernel.house import House
from datong.kernel.ids import NODES, Ids, bucket_of
from datong.kernel.sql import Command, Doc, Query, command
from datong.kernel.use_case import bucket_of_call

Row = TypeVar("Row")
Params = ParamSpec("Params")
Kept = TypeVar("Kept")
Connection = asyncpg.Connection | PoolConnectionProxy

_NODE_LOCK = 0xDA70
_TAKE_NODE = "select pg_try_advisory_lock($1, $2)"
_READ_SHIFT = "select coalesce(max(seconds), 0)::float8 from clock_shift"
_CHANNEL = "datong_fact"
_WAKE = f"select pg_notify('{_CHANNEL}', '')"

LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.CannotConnectNowError,
)
"""What is raised when the database is away or was cut off: nothing was decided, the caller may try again."""

TELL = command("select fact_tell($1, $2, $3::jsonb)")


def is_unstorable(error: BaseException) -> bool:
    """Whether a value was sent that no column can hold (a NUL in a text, a number of 70 bits)."""
    is_driver = isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError)
    return is_driver or isinstance(error, asyncpg.DataError)


def is_lost(error: BaseException) -> bool:
    """Whether the database was away or the connection cut off."""
    return isinstance(error, LOST) and not is_unstorable(error)


class Miss(Exception):  # noqa: N818 - a bug's name, said plainly
    """A query that must answer one row answered none: a bug, not a refusal."""


class Tx:
    """One transaction (or one reading connection): statements in, structs out, one `now`."""

    __slots__ = ("_connection", "_facts", "_ids", "_is_writing", "bucket", "buckets", "has_emitted", "now", "source")

    def __init__(
        self, source: "Db", connection: Connection, ids: Ids, now: datetime, buckets: Sequence[int], *, is_writing: bool
    ) -> None:
        self.source = source
        self._connection = connection
        self._ids = ids
        self._facts: list[Fact] = []
        self._is_writing = is_writing
        self.bucket = buckets[0] if buckets else None
        self.buckets = frozenset(buckets)
        self.has_emitted = False
        self.now = now

    @property
    def house(self) -> House:
        """What the rooms of this installation declare."""
        return self.source.house

    def new_id(self, bucket: int | None = None) -> int:
        """A new id in a bucket; without one, in this transaction's own."""
        where = self.bucket if bucket is None else bucket
        if where is None:
            msg = "name the bucket of the new id"
            raise ValueError(msg)
        return self._ids.new(where)

    def emit(self, fact: Fact) -> None:
        """Tell a fact, if and only if this transaction commits."""
        if bucket_of(fact.owner_id) not in self.buckets:
            msg = f"{type(fact).__name__} belongs to another bucket than this transaction's"
            raise ValueError(msg)
        self._facts.append(fact)

    async def all(self, query: Query[Row], *args: object) -> list[Row]:
        """Every row."""
        self._check(query.is_write, args)
        self.source.round_trips += 1
        build = query.build
        return [build(record) for record in await self._connection.fetch(query.text, *args)]

    async def maybe(self, query: Query[Row], *args: object) -> Row | None:
        """The first row, or None."""
        self._check(query.is_write, args)
        self.source.round_trips += 1
        record = await self._connection.fetchrow(query.text, *args)
        return None if record is None else query.build(record)

    async def one(self, query: Query[Row], *args: object) -> Row:
        """The row that must be there."""
        found = await self.maybe(query, *args)
        if found is None:
            raise Miss(query.text)
        return found

    async def run(self, statement: Command, *args: object) -> int:
        """Run a write; answers how many rows it touched."""
        self._check(statement.is_write, args)
        self.source.round_trips += 1
        tag = await self._connection.execute(statement.text, *args)
        last = tag.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def flush(self) -> None:
        """Write the facts told so far; done once more by the transaction itself before it commits."""
        if not self._facts:
            return
        self.has_emitted = True
        facts, self._facts = self._facts, []
        told = [
            {
                "bkt": bucket_of(fact.owner_id),
                "fact_id": self.new_id(bucket_of(fact.owner_id)),
                "owner_id": fact.owner_id,
                "kind": type(fact).__name__,
                "body": fact,
            }
            for fact in facts
        ]
        await self.run(TELL, self.bucket, self.now, Doc(told))

    def _check(self, is_write: bool, args: tuple[object, ...]) -> None:  # noqa: FBT001 - private
        if not is_write:
            return
        if not self._is_writing:
            msg = "a reading connection does not write"
            raise RuntimeError(msg)
        if self.buckets and (not args or args[0] not in self.buckets):
            msg = f"this transaction writes bucket {sorted(self.buckets)[:4]}; $1 of a write must be such a bucket"
            raise RuntimeError(msg)


class Db:
    """The database of one process: a pool, the clock, and this process's maker of ids."""

    def __init__(
        self,
        dsn: str,
        pool: asyncpg.Pool,
        relaxed: asyncpg.Pool,
        clock: Clock,
        *,
        house: House,
        is_clock_movable: bool,
        is_sharded: bool,
    ) -> None:
        self.house = house
        """What the rooms of this installation declare."""
        self.is_sharded = is_sharded
        self.round_trips = 0
        """How often this process has asked the database so far; begin and commit count too."""
        self._dsn = dsn
        self._pool, self._relaxed = pool, relaxed
        self._waking: asyncio.Task[None] | None = None
        self._is_woken_again = False
        self._clock = clock
        self._is_clock_movable = is_clock_movable
        self._ids: Ids | None = None
        self._anchor: asyncpg.Connection | None = None
        self._told: list[tuple[str, Callable[[str], None]]] = []
        self._kept: dict[str, Any] = {}
        self._anchoring = asyncio.Lock()
        self._is_closed = False
        self._shift_read_at = 0.0

    def now(self) -> datetime:
        """The platform's time."""
        return self._clock.now()

    @asynccontextmanager
    async def begin(self, bucket: int | None = None) -> AsyncIterator[Tx]:
        """One transaction that may write one bucket (None: only tables that are not sharded).

        Commits at the end of the block with the facts told in it; any exception rolls all of it back.
        """
        async with self.begin_many([] if bucket is None else [bucket]) as tx:
            yield tx

    @asynccontextmanager
    async def begin_many(self, buckets: Sequence[int], *, is_async_commit: bool = False) -> AsyncIterator[Tx]:
        """One transaction that may write several buckets of one of `groups`.

        A relaxed one does not wait for the disk. On one node the log keeps the order of commits, so what was committed
        after it is never there without it; only what would be done again anyway may be relaxed. A cluster waits always.
        """
        ids = await self.ids()
        async with self._writers(is_async_commit=is_async_commit).acquire() as connection, connection.transaction():
            self.round_trips += 2
            tx = Tx(self, connection, ids, self._clock.now(), buckets, is_writing=True)
            yield tx
            await tx.flush()
        if tx.has_emitted:
            self.wake()

    def pools(self) -> dict[str, asyncpg.Pool]:
        """The connections of this process by kind, for whoever watches them."""
        return {"durable": self._pool, "relaxed": self._relaxed}

    def groups(self, buckets: Iterable[int]) -> list[list[int]]:
        """Which of these buckets may be written together: each by itself in a cluster, all of them on one node."""
        wanted = sorted(set(buckets))
        return [[each] for each in wanted] if self.is_sharded or not wanted else [wanted]

    def wake(self) -> None:
        """Tell every worker, soon, that facts wait; if this process dies first, they look by themselves."""
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._notify())
        else:
            self._is_woken_again = True

    async def _notify(self) -> None:
        while True:
            self._is_woken_again = False
            try:
                await self._relaxed.execute(_WAKE)
            except LOST:
                return
            if not self._is_woken_again:
                return

    async def once(self, bucket: int, query: Query[Row], *args: object, is_async_commit: bool = False) -> list[Row]:
        """One write in one statement: a transaction by itself, in one round trip. `$1` is the bucket."""
        await self.ids()
        return await self._write_once(self._writers(is_async_commit=is_async_commit), bucket, query, *args)

    async def beside(self, bucket: int, query: Query[Row], *args: object) -> list[Row]:
        """One write in one statement beside an open transaction, for what has to be known before that one commits.

        It comes from the connections that nobody keeps while waiting for another, so that open transactions never wait
        for each other's connections. It stays when the open one is rolled back, and a crash of the server may lose it:
        only for claims that can be made again or taken over.
        """
        return await self._write_once(self._relaxed, bucket, query, *args)

    async def _write_once(self, pool: asyncpg.Pool, bucket: int, query: Query[Row], *args: object) -> list[Row]:
        if not args or args[0] != bucket:
            msg = f"this statement writes bucket {bucket}; $1 of a write must be that bucket"
            raise RuntimeError(msg)
        self.round_trips += 1
        async with pool.acquire() as connection:
            return [query.build(record) for record in await connection.fetch(query.text, *args)]

    def _writers(self, *, is_async_commit: bool) -> asyncpg.Pool:
        """The connections to write on: only a single node may leave the disk for later."""
        return self._relaxed if is_async_commit and not self.is_sharded else self._pool

    def keep(self, name: str, make: Callable[[], Kept]) -> Kept:
        """What this process keeps beside its database under a name (lanes, short memories).

        Made at the first asking.
        """
        if name not in self._kept:
            self._kept[name] = make()
        kept: Kept = self._kept[name]
        return kept

    async def run(
        self, act: Callable[Concatenate[Tx, Params], Awaitable[Row]], *args: Params.args, **kwargs: Params.kwargs
    ) -> Row:
        """Run one use case in a transaction of the bucket that it declares (`@use_case`); answers what it answers."""
        bucket = bucket_of_call(act, args, kwargs)
        async with self.begin(bucket) as tx:
            return await act(tx, *args, **kwargs)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A connection to read with; each statement sees what was committed when it began."""
        ids = await self.ids()
        async with self._pool.acquire() as connection:
            yield Tx(self, connection, ids, self._clock.now(), (), is_writing=False)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Tx]:
        """Read everything as it was at one instant, however long it takes: for audits and reports."""
        ids = await self.ids()
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute("set local statement_timeout = 0; set local enable_seqscan = on")
            yield Tx(self, connection, ids, self._clock.now(), (), is_writing=False)

    async def ids(self) -> Ids:
        """The maker of ids, under a node number that no other living process holds.

        The number is held by an advisory lock of a connection kept for nothing else. When that
        connection is lost (the database was restarted), no transaction begins before a number is held again.
        """
        if self._is_clock_movable:
            await self._read_shift()
        if self._ids is None or self._anchor is None or self._anchor.is_closed():
            async with self._anchoring:
                if self._is_closed:
                    msg = "this process has closed its database"
                    raise asyncpg.InterfaceError(msg)
                if self._ids is None or self._anchor is None or self._anchor.is_closed():
                    self._ids = await self._take_node()
        return self._ids

    async def _take_node(self) -> Ids:
        anchor = await asyncpg.connect(self._dsn, server_settings={"application_name": "datong anchor"})
        try:
            for channel, told in self._told:
                await anchor.add_listener(channel, lambda *said, told=told: told(str(said[3])))
            for node in range(NODES):
                if await anchor.fetchval(_TAKE_NODE, _NODE_LOCK, node):
                    self._anchor = anchor
                    return Ids(node)
        finally:
            if self._anchor is not anchor:
                anchor.terminate()
        msg = f"{NODES} processes are at work already"
        raise RuntimeError(msg)

    async def _read_shift(self) -> None:
        """Follow the moved clock of a demo or a rehearsal; at most half a second behind."""
        loop_time = asyncio.get_running_loop().time()
        if loop_time - self._shift_read_at < 0.5:  # noqa: PLR2004 - half a second, as promised above
            return
        self._shift_read_at = loop_time
        self._clock.shift = timedelta(seconds=float(await self._pool.fetchval(_READ_SHIFT)))

    async def forget_shift(self) -> None:
        """Read the moved clock again at the next transaction."""
        self._shift_read_at = 0.0

    async def listen(self, wake: asyncio.Event) -> None:
        """Set `wake` whenever a fact was told by any process; the anchor connection hears it, and its successors."""
        await self.hear(_CHANNEL, lambda _: wake.set())

    async def hear(self, channel: str, told: Callable[[str], None]) -> None:
        """Call `told` with whatever any process says on a channel from now on; what is said while away is missed."""
        await self.ids()
        self._told.append((channel, told))
        if self._anchor is not None:
            await self._anchor.add_listener(channel, lambda *said: told(str(said[3])))

    async def say(self, channel: str, text: str) -> None:
        """Say something short on a channel to every process that hears it; lost with whoever is away."""
        await self._relaxed.execute("select pg_notify($1, $2)", channel, text)

    async def close(self) -> None:
        """Close every connection and give the node back: last, since whoever still writes makes ids with it."""
        if self._waking is not None:
            await self._waking
        try:
            await self._relaxed.close()
            await self._pool.close()
        finally:
            async with self._anchoring:
                self._is_closed = True
                if self._anchor is not None:
                    await self._anchor.close()
                    self._anchor = None
