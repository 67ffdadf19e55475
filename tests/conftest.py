"""One PostgreSQL for the whole run, one template with a founded town, a fresh copy of it for each test that asks."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from argon2 import PasswordHasher

from datong.commerce.member import passwords
from datong.kernel.gc_tuning import freeze_gc
from datong.runtime.migrate import migrate
from datong.runtime.postgres import Postgres
from datong.wiring import find_house
from tests.make import Town, open_town
from tests.reuse import Lender

TEMPLATE = "datong_template"
LONGEST = ("journeys", "races", "runtime", "examples", "adapters", "surfaces/test_schema_fuzz", "surfaces/test_html")
MIN_ROOM = 4_000_000_000
_numbers = itertools.count()
_left: list[str] = []
_made: list[str] = []


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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, so that no worker is left with it while the other has nothing to do."""
    items.sort(key=lambda item: not item.nodeid.removeprefix("tests/").startswith(LONGEST))


def pytest_collection_finish() -> None:
    """Thousands of tests and modules stay to the end: they are not looked through for garbage again and again."""
    freeze_gc()


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
    async with open_town(server.dsn(TEMPLATE)):
        pass  # what every town begins with is written once, and copied


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hundreds of members join: their passwords are hashed with the least effort there is."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """Where the test server's maintenance database is. What was made there goes in the end: others may use it still."""
    dsn = os.environ["DATONG_TEST_DSN"]
    yield dsn
    asyncio.run(_drop(dsn, _made))


@pytest.fixture
def dsn(server_dsn: str) -> str:
    """A fresh database of this test's own, migrated and with both brands."""
    # In a thread of its own: a fixture that is asked for by an async one finds a loop running.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make_database(server_dsn, _left)).result()


async def make_database(server_dsn: str, left: list[str]) -> str:
    """A copy of the template. Those that are left go by the same connection."""
    name = f"t_{os.getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(server_dsn)
    try:
        while left:
            await connection.execute(f"drop database if exists {left.pop()} with (force)")
        await connection.execute(f"create database {name} template {TEMPLATE} strategy file_copy")
        left.append(name)
        _made.append(name)
    finally:
        await connection.close()
    return server_dsn.replace("/postgres?", f"/{name}?")


async def _drop(server_dsn: str, names: list[str]) -> None:
    connection = await asyncpg.connect(server_dsn)
    for name in names:
        await connection.execute(f"drop database if exists {name} with (force)")
    await connection.close()


@pytest.fixture(scope="session")
async def lender(server_dsn: str, quick_passwords: None) -> AsyncIterator[Lender]:
    """The database that this worker's tests use one after the other."""
    left: list[str] = []
    made = Lender(lambda: make_database(server_dsn, left))
    yield made
    await made.close()


@pytest.fixture
async def town(request: pytest.FixtureRequest, lender: Lender) -> AsyncIterator[Town]:
    """A small town on a database as good as fresh: both brands, a category, a clock that can be moved, plugs.

    A test that asks for the database too (`dsn`) gets one of its own, and may do to it what it likes.
    """
    opened = open_town(request.getfixturevalue("dsn")) if "dsn" in request.fixturenames else lender.town()
    async with opened as made:
        yield made
