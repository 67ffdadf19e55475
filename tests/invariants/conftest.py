"""One town for all tests of this folder: they plant inside a transaction that is rolled back."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

import asyncpg
import pytest

from tests.cases import set_clock
from tests.conftest import TEMPLATE
from tests.instants import share_bucket
from tests.invariants.trade import trade_a_little
from tests.make import open_town

Traded = tuple[str, datetime]


async def _build(server_dsn: str, name: str) -> Traded:
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f"create database {name} template {TEMPLATE} strategy file_copy")
    await connection.close()
    dsn = server_dsn.replace("/postgres?", f"/{name}?")
    with pytest.MonkeyPatch.context() as patch:
        share_bucket(patch)  # what an identity confuses with a neighbour's would be told apart by the bucket alone
        async with open_town(dsn) as town:
            # At noon of the storefronts' days, whatever the hour is here: ratings of a day are counted at its end.
            set_clock(town, (town.db.now() + timedelta(days=1)).replace(hour=4, minute=0))
            await trade_a_little(town)
            return dsn, town.db.now()


async def _drop(server_dsn: str, name: str) -> None:
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f"drop database if exists {name} with (force)")
    await connection.close()


@pytest.fixture(scope="session")
def traded(server_dsn: str, quick_passwords: None) -> Iterator[Traded]:
    """Where the town is, and what time it is there."""
    name = f"traded_{os.getpid()}"
    yield asyncio.run(_build(server_dsn, name))
    asyncio.run(_drop(server_dsn, name))


@pytest.fixture
async def planting(traded: Traded) -> AsyncIterator[asyncpg.Connection]:
    """A connection in a transaction that leaves nothing behind."""
    connection = await asyncpg.connect(traded[0])
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()
