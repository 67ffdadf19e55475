"""`datong up`: everything, with a demo town on the first start of a demo."""

import argparse
import asyncio
import os
import subprocess
import sys

import asyncpg

from datong.runtime.supervisor import (
    CannotStart,
    check_port,
    hold_folder,
    migrate_database,
    say,
    start_database,
    supervise,
)
from datong.settings import Settings
from datong.surfaces.demo_logins import DEMO_LOGINS, DEMO_PASSWORD


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Run until told to stop."""
    try:
        lock = hold_folder(settings)
        check_port(settings)
        server, reached = start_database(settings)
        try:
            migrate_database(reached)
            if reached.is_demo and asyncio.run(_is_empty(reached)):
                _seed(reached)
        except BaseException:
            if server is not None:
                server.stop()
            raise
    except CannotStart as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    supervise(reached, server, lambda: _greet(reached))
    lock.close()
    return 0


async def _is_empty(settings: Settings) -> bool:
    connection = await asyncpg.connect(settings.database_url)
    try:
        return not await connection.fetchval("select exists (select 1 from town_mark)")
    finally:
        await connection.close()


def _seed(settings: Settings) -> None:
    """In a process of its own, so that the supervisor stays small."""
    environment = {**os.environ, "DATABASE_URL": settings.database_url, "DATONG_SECRET": settings.secret}
    environment["DATONG_DATA_DIR"] = str(settings.data_dir)
    done = subprocess.run([sys.executable, "-m", "datong.cli", "seed"], env=environment, check=False)
    if done.returncode:
        msg = "the demo town could not be built; see the lines above"
        raise CannotStart(msg)


def _greet(settings: Settings) -> None:
    say(f"open {settings.base_url}   (Ctrl-C stops everything)")
    if settings.is_demo:
        say(f"demo log-ins, all with the password “{DEMO_PASSWORD}”:")
        for each in DEMO_LOGINS:
            say(f"  {each.login:<24} {each.roles['en']}")
