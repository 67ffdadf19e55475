"""A database that one test after the other uses: emptied in between, its connections kept.

Making a copy of the template for each test, connecting to it and planning every statement anew takes several times as
long as most tests. Whatever was not left as a test should leave it (a changed schema, a busy connection) is thrown
away, and the next test gets a fresh copy: reuse saves time and decides nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from datong.kernel.clock import Clock
from datong.kernel.connect import open_db
from datong.kernel.tx import Db
from datong.wiring import find_house
from tests.clocks import TownClock
from tests.make import Town, open_town_on

POOL_SIZE = 12
MAX_USES = 100
"""After so many tests the rows that were deleted outweigh a fresh copy."""
TABLES = """
    select c.oid::regclass::text from pg_class c
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and pg_relation_size(c.oid) > 0
"""
SCHEMA = """
    select array[
        (select count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) from pg_attribute),
        (select count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) from pg_constraint),
        (select count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) from pg_trigger where not tgisinternal),
        (select count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) from pg_proc),
        (select count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) from pg_rewrite)]
"""
"""Changes whenever a table, column, constraint, trigger, function or view does."""
SEQUENCES = "select schemaname || '.' || sequencename from pg_sequences where schemaname = 'public'"
STRANGERS = """
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and not pid = any($1)
"""
"""Connections that a test opened beside the pools: of a second process, of a socket that listened."""


class LentDb(Db):
    """A process of its own, by node and memory, on connections that outlive it."""

    async def close(self) -> None:
        """Give the node back; the connections stay with whoever lent them."""
        if self._waking is not None:
            await self._waking
        async with self._anchoring:
            self._is_closed = True
            if self._anchor is not None:
                await self._anchor.close()
                self._anchor = None


class Lent:
    """One database with its pools, what it held at first, and how often it was lent."""

    def __init__(self, dsn: str, db: Db, watch: asyncpg.Connection) -> None:
        self._dsn = dsn
        self._db = db
        self._watch = watch
        self._uses = 0
        self._refill = ""
        self._schema: list[str] = []

    @classmethod
    async def open(cls, dsn: str) -> "Lent":
        """Connect, and keep what is in the tables beside them."""
        made = cls(dsn, await open_db(dsn, house=find_house(), pool_size=POOL_SIZE), await asyncpg.connect(dsn))
        watch = made._watch
        await watch.execute("create schema kept; set session_replication_role = replica")
        for (table,) in await watch.fetch(TABLES):
            await watch.execute(f"create table kept.{table} as table public.{table}")
            made._refill += f"insert into public.{table} overriding system value table kept.{table};"
        for (sequence,) in await watch.fetch(SEQUENCES):
            set_back = (
                f"select format('select setval(%L, %s, %L);', '{sequence}', last_value, is_called) from {sequence}"
            )
            made._refill += await watch.fetchval(set_back)
        made._schema = await watch.fetchval(SCHEMA)
        return made

    def lend(self, clock: Clock) -> Db:
        """A process's view of it, as if it had just been opened."""
        self._uses += 1
        pools = self._db.pools()
        return LentDb(
            self._dsn, pools["durable"], pools["relaxed"], clock, house=self._db.house, is_clock_movable=False,
            is_sharded=self._db.is_sharded,
        )  # fmt: skip

    async def clean(self) -> bool:
        """Make it what it was at first; False where that cannot be, or is not worth it any more."""
        pools = self._db.pools().values()
        if self._uses >= MAX_USES or any(pool.get_size() != pool.get_idle_size() for pool in pools):
            return False
        own = [self._watch.get_server_pid()]
        for pool in pools:
            holders = pool._holders  # type: ignore[attr-defined]  # asyncpg says its connections nowhere else
            own += [each._con.get_server_pid() for each in holders if each.is_connected()]
        await self._watch.fetch(STRANGERS, own)
        if await self._watch.fetchval(SCHEMA) != self._schema:
            return False
        used = [f"delete from public.{table};" for (table,) in await self._watch.fetch(TABLES)]
        await self._watch.execute("begin;" + "".join(used) + self._refill + "commit")
        return True

    async def close(self) -> None:
        """Let go of every connection, also of those that hang."""
        self._watch.terminate()
        for pool in self._db.pools().values():
            pool.terminate()


class Lender:
    """What one worker lends to its tests, one after the other."""

    def __init__(self, make_database: Callable[[], Awaitable[str]]) -> None:
        self._make_database = make_database
        self._lent: Lent | None = None

    @asynccontextmanager
    async def town(self) -> AsyncIterator[Town]:
        """A small town on a database as it was at first."""
        if self._lent is not None and not await self._is_clean(self._lent):
            await self.close()
        if self._lent is None:
            self._lent = await Lent.open(await self._make_database())
        before = asyncio.all_tasks()
        clock = TownClock()
        async with open_town_on(self._lent.lend(clock), clock) as town:
            yield town
        await end_tasks(asyncio.all_tasks() - before)

    async def _is_clean(self, lent: Lent) -> bool:
        try:
            return await asyncio.wait_for(lent.clean(), 20)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            return False

    async def close(self) -> None:
        """Let go of it."""
        if self._lent is not None:
            await self._lent.close()
            self._lent = None


async def end_tasks(tasks: set["asyncio.Task[object]"]) -> None:
    """What a test left running ends with it, as it would with a loop of its own."""
    left = tasks - {asyncio.current_task()}
    for each in left:
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)
