"""`datong up`: everything, with a demo town on the first start of a demo.

The first start of a demo serves a start page at once and builds the town behind it (`runtime.building`). A builder that
dies is started again, in a database made anew where the first one was made for the town; the same holds for the next
start after a crash or Ctrl-C in the middle.
"""

import argparse
import asyncio
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import asyncpg
import msgspec

from datong.runtime.building import Building
from datong.runtime.postgres import Postgres
from datong.runtime.supervisor import (
    CannotStart,
    Child,
    check_port,
    hold_folder,
    is_new_folder,
    migrate_database,
    remake_database,
    restart_database,
    say,
    start_child,
    start_database,
    stop_process,
    supervise,
)
from datong.settings import Settings
from datong.surfaces.demo_logins import DEMO_LOGINS, DEMO_PASSWORD

ATTEMPTS = 3
"""How often a town is begun before it is given up."""


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Run until told to stop."""
    began_at = time.monotonic() - time.process_time()
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.default_int_handler)
    try:
        with ExitStack() as held:
            held.enter_context(hold_folder(settings))
            check_port(settings)
            server, reached = prepare(settings, began_at)
            supervise(reached, server, lambda: _greet(reached))
    except CannotStart as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def prepare(settings: Settings, began_at: float) -> tuple[Postgres | None, Settings]:
    """Database, schema and, in a demo without one, the town; answers the embedded server and the settings to reach it.

    Stops all that it started when it is interrupted or raises `CannotStart`.
    """
    building = Building(settings)
    if settings.is_demo and is_new_folder(settings):
        building.begin(is_fresh=True)
    with start_page(settings, began_at) as tend:
        if building.find() is not None:
            tend()
        server, reached = start_database(settings)
        try:
            _prepare_schema(reached, server, building)
            if reached.is_demo and not asyncio.run(_is_built(reached)):
                _build(reached, server, building, tend)
            building.end()
        except BaseException:
            if server is not None:
                server.stop()
            raise
    return server, reached


@contextmanager
def start_page(settings: Settings, began_at: float) -> Iterator[Callable[[], None]]:
    """A function that keeps the start page running from its first call on."""
    child = Child("the start page", lambda: start_child(settings, "datong.runtime.start_page", str(began_at)))
    try:
        yield child.tend
    finally:
        child.stop()


def _prepare_schema(reached: Settings, server: Postgres | None, building: Building) -> None:
    state = building.find()
    if server is not None and state is not None and state.is_fresh and state.step != "database":
        say("a town was begun and not finished; it is begun anew")
        asyncio.run(remake_database(server))
        building.begin(is_fresh=True)
    migrate_database(reached)


def _build(reached: Settings, server: Postgres | None, building: Building, tend: Callable[[], None]) -> None:
    state = building.find()
    is_fresh = state is not None and state.is_fresh
    building.begin(is_fresh=is_fresh)

    def begin_anew() -> None:
        if server is not None and is_fresh:
            asyncio.run(remake_database(server))
            migrate_database(reached)
        building.begin(is_fresh=is_fresh)

    def watch() -> None:
        if server is not None and not server.is_running:
            restart_database(server)
        tend()

    settings = for_building(reached) if is_fresh else reached
    build_town(lambda: start_child(settings, "datong.cli", "seed"), begin_anew, watch)


def for_building(reached: Settings) -> Settings:
    """The settings of a builder that does not wait for the disk: what a crash loses is built anew."""
    mark = "&" if "?" in reached.database_url else "?"
    return msgspec.structs.replace(reached, database_url=f"{reached.database_url}{mark}synchronous_commit=off")


def build_town(
    start: Callable[[], subprocess.Popen[bytes]], begin_anew: Callable[[], None], watch: Callable[[], None]
) -> None:
    """Run the builder to its end, some times anew if it dies; `watch` is called all the while.

    Raises `CannotStart` when it does not succeed; the builder is stopped when anything is raised meanwhile.
    """
    for attempt in range(ATTEMPTS):
        if attempt:
            say("the town's builder ended before the town was built; it begins anew")
            begin_anew()
        builder = start()
        try:
            while builder.poll() is None:
                watch()
                time.sleep(0.05)
        finally:
            stop_process(builder)
        if builder.returncode == 0:
            return
    msg = "the demo town could not be built; see the lines above"
    raise CannotStart(msg)


async def _is_built(settings: Settings) -> bool:
    connection = await asyncpg.connect(settings.database_url)
    try:
        return bool(await connection.fetchval("select exists (select 1 from town_mark where mark = 'town')"))
    finally:
        await connection.close()


def _greet(settings: Settings) -> None:
    say(f"open {settings.base_url}   (Ctrl-C stops everything)")
    if settings.is_demo:
        say(f"demo log-ins, all with the password “{DEMO_PASSWORD}”:")
        for each in DEMO_LOGINS:
            say(f"  {each.login:<24} {each.roles['en']}")
