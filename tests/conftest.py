"""One PostgreSQL for the whole run, one migrated template, a fresh copy of it for each test that asks."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from argon2 import PasswordHasher

from datong.commerce.member import passwords
from datong.runtime.migrate import migrate
from datong.runtime.postgres import Postgres
from datong.wiring import find_house
from tests.make import Town, open_town

TEMPLATE = "datong_template"
MIN_ROOM = 4_000_000_000
_numbers = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the server; workers are told where it is."""
    if hasattr(config, "workerinput") or os.environ.get("DATONG_TEST_DSN"):
        return
    folder = Path(tempfile.mkdtemp(prefix="datong-test-", dir=_memory_folder()))
    server = Postgres(folder, is_durable=False)
    server.start()
    config.stash[SERVER] = (server, folder)
    asyncio.run(_make_template(server))
    os.environ["DATONG_TEST_DSN"] = server.dsn("postgres")


def _memory_folder() -> str | None:
    """A file system in memory with room enough: hundreds of databases are made and dropped, and none is kept."""
    shared = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    has_room = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > MIN_ROOM
    return str(shared) if has_room else None


SERVER = pytest.StashKey[tuple[Postgres, Path]]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server goes with the run."""
    if SERVER in config.stash:
        server, folder = config.stash[SERVER]
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _make_template(server: Postgres) -> None:
    connection = await asyncpg.connect(server.dsn("postgres"))
    await connection.execute(f"create database {TEMPLATE}")
    await connection.close()
    await migrate(server.dsn(TEMPLATE), find_house())


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hundreds of members join: their passwords are hashed with the least effort there is."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def server_dsn() -> str:
    """Where the test server's maintenance database is."""
    return os.environ["DATONG_TEST_DSN"]


@pytest.fixture
def dsn(server_dsn: str) -> Iterator[str]:
    """A fresh database of this test's own."""
    name = f"t_{os.getpid()}_{next(_numbers)}"
    asyncio.run(_run(server_dsn, f"create database {name} template {TEMPLATE} strategy file_copy"))
    yield server_dsn.replace("/postgres?", f"/{name}?")
    asyncio.run(_run(server_dsn, f"drop database if exists {name} with (force)"))


async def _run(server_dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(server_dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def town(dsn: str) -> AsyncIterator[Town]:
    """A small town on a fresh database: both brands, a category, a clock that can be moved, plugs."""
    async with open_town(dsn) as opened:
        yield opened
