"""A database that was used before is as good as a fresh one; one that cannot be made so is thrown away."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.conftest import make_database
from tests.make import Town
from tests.reuse import SEQUENCES, Lender

TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"


@pytest.fixture
async def lender(server_dsn: str) -> AsyncIterator[Lender]:
    """One of this test's own."""
    left: list[str] = []
    made = Lender(lambda: make_database(server_dsn, left))
    yield made
    await made.close()


async def content(town: Town) -> dict[str, object]:
    """Every row of every table, and where each sequence is."""
    connection = await asyncpg.connect(town.db._dsn)
    found: dict[str, object] = {}
    for (table,) in await connection.fetch(TABLES):
        found[table] = await connection.fetch(f"select t::text from public.{table} t order by 1")
    for (sequence,) in await connection.fetch(SEQUENCES):
        found[sequence] = await connection.fetchrow(f"select last_value, is_called from {sequence}")
    await connection.close()
    return found


async def trade(town: Town) -> None:
    """Rows in many tables, a rule and a brand changed."""
    shop, shopper = await town.shop(), await town.shopper()
    await shop.ship(await shopper.buy(await shop.product(5_000)))
    await town.feed()
    connection = await asyncpg.connect(town.db._dsn)
    await connection.execute('update storefront set names = \'{"en": "Other"}\'; delete from vertical')
    await connection.close()


async def test_it_holds_what_it_held_at_first_and_nothing_else(lender: Lender) -> None:
    async with lender.town() as town:
        first, where = await content(town), town.db._dsn
        await trade(town)
        second = await content(town)
    assert len([name for name, rows in second.items() if rows != first[name]]) > 20
    async with lender.town() as town:
        assert town.db._dsn == where
        assert await content(town) == first
        await trade(town)
        await town.check_books()


@pytest.mark.parametrize(
    "change",
    [
        "alter table member add column wish text",
        "alter table member alter column registered_at drop not null",
        "alter table member add constraint one check (true)",
        "create table more (one int)",
        "create or replace function fact_tell(text) returns void language sql as 'select 1'",
    ],
)
async def test_a_changed_schema_is_not_lent_again(lender: Lender, change: str) -> None:
    async with lender.town() as town:
        where = town.db._dsn
        connection = await asyncpg.connect(where)
        await connection.execute(change)
        await connection.close()
    async with lender.town() as town:
        assert town.db._dsn != where


async def test_a_connection_that_was_not_given_back_is_not_waited_for(lender: Lender) -> None:
    async with lender.town() as town:
        where = town.db._dsn
        held = await town.db.pools()["durable"].acquire()
        await held.execute("begin; lock table member")
    async with lender.town() as town:
        assert town.db._dsn != where
        await town.shopper()


async def test_strangers_and_what_was_left_running_end_with_the_test(lender: Lender) -> None:
    async with lender.town() as town:
        where = town.db._dsn
        stranger = await asyncpg.connect(town.db._dsn)
        await stranger.execute("begin; lock table member")
        left = asyncio.create_task(asyncio.Event().wait())
    assert left.cancelled()
    async with lender.town() as town:
        assert town.db._dsn == where
        await town.shopper()
    assert stranger.is_closed()
