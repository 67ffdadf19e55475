"""Supervising: `datong up` runs database, worker and web as its children, restarts what dies, stops all."""

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TextIO

import msgspec

from datong.runtime.migrate import TooNew, migrate
from datong.runtime.postgres import Postgres, PostgresError, die_with_parent
from datong.settings import Settings
from datong.wiring import find_house

FORMAT = 1
"""The layout of the data folder; a later release may raise it, and an earlier one then refuses to start."""
STOP_SECONDS = 10
LONGEST_PAUSE = 10.0


class CannotStart(Exception):  # noqa: N818 - what is wrong
    """Why the platform does not start, and what to do about it."""


def say(text: str) -> None:
    """One line of progress for the person who waits."""
    print(f"datong: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the command line speaks


def hold_folder(settings: Settings) -> TextIO:
    """Take the data folder for this supervisor alone; refuse one in use, or of a later release."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        lock = (settings.data_dir / "lock").open("w")
    except OSError as error:
        msg = f"the data folder {settings.data_dir} cannot be used: {error.strerror}"
        raise CannotStart(msg) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        msg = f"another datong is running on {settings.data_dir}; stop it, or set DATONG_DATA_DIR"
        raise CannotStart(msg) from None
    mark = settings.data_dir / "format"
    kept = int(mark.read_text()) if mark.exists() else FORMAT
    if kept > FORMAT:
        lock.close()
        msg = f"{settings.data_dir} was made by a newer release (format {kept}, this one knows {FORMAT})"
        raise CannotStart(msg)
    mark.write_text(str(FORMAT))
    return lock


def check_port(settings: Settings) -> None:
    """Refuse a port that someone else has."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            msg = f"port {settings.port} on {settings.host} cannot be had ({error.strerror}); set DATONG_PORT"
            raise CannotStart(msg) from None


def is_new_folder(settings: Settings) -> bool:
    """Whether the installation has an embedded database that is not made yet."""
    return settings.is_embedded and not Postgres(settings.data_dir).is_made


def start_database(settings: Settings) -> tuple[Postgres | None, Settings]:
    """Start the embedded database if there is no other; answers the settings with its address."""
    if not settings.is_embedded:
        return None, settings
    server = Postgres(settings.data_dir)
    try:
        server.start()
        asyncio.run(make_database(server))
    except PostgresError as error:
        raise CannotStart(str(error)) from None
    except BaseException:
        server.stop()
        raise
    return server, msgspec.structs.replace(settings, database_url=server.dsn())


async def make_database(server: Postgres) -> None:
    """The platform's own database in the embedded server."""
    import asyncpg  # noqa: PLC0415 - the supervisor stays small once everything runs

    connection = await asyncpg.connect(server.dsn("postgres"))
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = 'datong'"):
            await connection.execute("create database datong")
    finally:
        await connection.close()


async def remake_database(server: Postgres) -> None:
    """Drop the platform's own database in the embedded server, with all that is in it, and make it anew."""
    import asyncpg  # noqa: PLC0415 - the supervisor stays small once everything runs

    connection = await asyncpg.connect(server.dsn("postgres"))
    try:
        await connection.execute("drop database if exists datong with (force)")
    finally:
        await connection.close()
    await make_database(server)


def migrate_database(settings: Settings) -> None:
    """Bring the schema up to date."""
    try:
        steps = asyncio.run(migrate(settings.database_url, find_house()))
    except TooNew as error:
        raise CannotStart(str(error)) from None
    if steps:
        say(f"schema brought to step {steps[-1]}")


class Child:
    """A process that must run; started again when it dies, with growing pauses."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.name = name
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._started_at = 0.0
        self._start_at = 0.0

    def tend(self) -> None:
        """Start it if it does not run and its pause is over."""
        if self._process is not None and self._process.poll() is None:
            return
        now = time.monotonic()
        if self._process is not None:
            self._deaths = 0 if now - self._started_at > 60 else self._deaths + 1  # noqa: PLR2004 - who lived for a minute begins anew
            pause = min(0.2 * 2**self._deaths, LONGEST_PAUSE)
            say(f"{self.name} ended with {self._process.returncode}; again in {pause:.1f} s")
            self._process, self._start_at = None, now + pause
        if now >= self._start_at:
            self._process, self._started_at = self._start(), now

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self._process is not None:
            stop_process(self._process)


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, then make it."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start_child(settings: Settings, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a module of ours in a process of its own, with these settings; it ends with this one."""
    environment = {**os.environ, "DATABASE_URL": settings.database_url, "DATONG_SECRET": settings.secret}
    environment["DATONG_DATA_DIR"] = str(settings.data_dir)
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", module, *arguments],
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads here
    )


def supervise(settings: Settings, server: Postgres | None, greet: Callable[[], None]) -> None:
    """Run until told to stop; then stop web and worker first, the database last."""
    is_over = False

    def end(*_: object) -> None:
        nonlocal is_over
        is_over = True

    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, end)
    children = [Child(name, lambda name=name: start_child(settings, "datong.cli", name)) for name in ("worker", "web")]  # type: ignore[misc]
    is_greeted = False
    try:
        while not is_over:
            if server is not None and not server.is_running:
                restart_database(server)
            for child in children:
                child.tend()
            if not is_greeted and answers(settings):
                is_greeted = True
                greet()
            time.sleep(0.1)
    finally:
        say("stopping")
        for child in reversed(children):
            child.stop()
        if server is not None:
            server.stop()


def restart_database(server: Postgres) -> None:
    """Start the embedded database again after it has ended; says what is wrong when it does not."""
    say("the database ended; starting it again")
    try:
        server.start()
    except PostgresError as error:
        say(str(error))
        time.sleep(2)


def answers(settings: Settings) -> bool:
    """Whether somebody listens at the address of the web process."""
    try:
        with socket.create_connection((settings.host, settings.port), timeout=0.2):
            return True
    except OSError:
        return False
