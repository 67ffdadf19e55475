"""Reaching the database from a command: the one that runs, or the embedded one started for as long as it takes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import msgspec

from datong.kernel.connect import open_db
from datong.kernel.logs import set_up_logs
from datong.kernel.tx import Db
from datong.runtime.postgres import Postgres
from datong.runtime.supervisor import CannotStart, hold_folder, migrate_database, say, start_database
from datong.settings import Settings
from datong.wiring import find_house

Job = Callable[[Settings, Db], Awaitable[int]]


@contextmanager
def reached(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of a running database."""
    if not settings.is_embedded:
        yield settings
        return
    try:
        lock = hold_folder(settings)
    except CannotStart:
        # Another datong runs on this folder: its database is up, or will be in a moment.
        yield msgspec.structs.replace(settings, database_url=Postgres(settings.data_dir).dsn())
        return
    server, found = start_database(settings)
    try:
        migrate_database(found)
        yield found
    finally:
        if server is not None:
            server.stop()
        lock.close()


def run_job(settings: Settings, job: Job) -> int:
    """Run a job with the database; answers its exit status, 1 with a sentence when there is no database."""
    set_up_logs("WARNING")

    async def work(found: Settings) -> int:
        db = await open_db(found.database_url, house=find_house(), pool_size=8, is_clock_movable=settings.is_demo)
        try:
            return await job(found, db)
        finally:
            await db.close()

    try:
        with reached(settings) as found:
            return asyncio.run(work(found))
    except CannotStart as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"the database cannot be reached: {error}")
        return 1
