"""Migrating: bring a database to this release's schema; refuse one of a later release.

The common history of the first releases is Alembic's, which writes SQL here and no more. Since then every room keeps
its own steps, `NNNN_name.sql` in its folder of migrations; rooms go in the order in which they use each other, so two
branches that add steps to different rooms do not collide. All of it runs over asyncpg under one lock, each step in a
transaction with its record, so that two processes starting at once migrate once and a crash is no half step. An
up-to-date database costs two queries, and Alembic is not even loaded.
"""

import hashlib
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

import asyncpg

from datong.kernel.house import House, Room

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0xDA7046
_EXISTS = "select to_regclass($1) is not null"
_VERSION = "select version_num from alembic_version"
_STEPS = "select room, step, digest from room_step"
_MAKE_STEPS = """
    create table if not exists room_step (
        room text not null, step text not null, digest text not null, applied_at timestamptz not null default now(),
        constraint room_step_pkey primary key (room, step))
"""
_RECORD = """
    insert into room_step (room, step, digest) values ($1, $2, $3)
    on conflict on constraint room_step_pkey do update set digest = excluded.digest, applied_at = now()
"""
_HAS_CITUS = "select count(*) from pg_extension where extname = 'citus'"
DERIVED = "derived"
"""The step under which the digest of a room's derived SQL is recorded."""


class TooNew(Exception):  # noqa: N818 - what is wrong
    """The database was migrated by a later release; the text says what to do."""


def revisions() -> list[str]:
    """The steps of the common history, first to last, by the number that begins their file's name."""
    return sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def steps_of(room: Room) -> dict[str, str]:
    """The SQL of a room's own steps by name, first to last."""
    if room.migrations is None:
        return {}
    return {path.stem: path.read_text() for path in sorted(room.migrations.glob("[0-9]*.sql"))}


async def migrate(dsn: str, house: House) -> list[str]:
    """Bring the database up to date with the rooms of a house; answers the steps that were run.

    Raises `TooNew` for a database that a later release, or a later version of an installed room, has migrated.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        done = await _migrate_common(connection)
        done += await _migrate_rooms(connection, house)
        if done and await connection.fetchval(_HAS_CITUS):
            for statement in distribution(shard_classes(house)):
                await connection.execute(statement)
        return done
    finally:
        await connection.close()


async def _migrate_common(connection: asyncpg.Connection) -> list[str]:
    current = await connection.fetchval(_VERSION) if await connection.fetchval(_EXISTS, "alembic_version") else None
    steps = revisions()
    if current is not None and current not in steps:
        msg = f"the database is at step {current}, this release knows {steps[-1]}: start a newer release"
        raise TooNew(msg)
    todo = steps if current is None else steps[steps.index(current) + 1 :]
    if todo:
        scripting = import_module("datong.runtime.migrations.scripting")
        await connection.execute(scripting.script(current, todo[-1]))
    return todo


async def _migrate_rooms(connection: asyncpg.Connection, house: House) -> list[str]:
    known: dict[tuple[str, str], str] = {}
    if await connection.fetchval(_EXISTS, "room_step"):
        known = {(row["room"], row["step"]): row["digest"] for row in await connection.fetch(_STEPS)}
    else:
        await connection.execute(_MAKE_STEPS)
    done: list[str] = []
    for room in house.rooms:
        steps = steps_of(room)
        _refuse_later(room, steps, known)
        for name, text in steps.items():
            if (room.name, name) not in known:
                await _run(connection, room.name, name, text)
                done.append(f"{room.name}/{name}")
    for room in house.rooms:
        text = room.derived(house) if room.derived else ""
        if text and known.get((room.name, DERIVED)) != _digest(text):
            await _run(connection, room.name, DERIVED, text)
            done.append(f"{room.name}/{DERIVED}")
    return done


def _refuse_later(room: Room, steps: Mapping[str, str], known: Mapping[tuple[str, str], str]) -> None:
    later = sorted({step for name, step in known if name == room.name and step != DERIVED} - steps.keys())
    if later:
        msg = f"the room {room.name} of this database is at step {later[-1]}: start a release that knows it"
        raise TooNew(msg)


async def _run(connection: asyncpg.Connection, room: str, step: str, text: str) -> None:
    async with connection.transaction():
        await connection.execute(text)
        await connection.execute(_RECORD, room, step, _digest(text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def shard_classes(house: House) -> list[tuple[str, str]]:
    """Every table of a house and how it is spread."""
    return [(table.name, table.info["shard_class"]) for table in house.tables.values()]


def distribution(shard_classes: Iterable[tuple[str, str]]) -> list[str]:
    """How tables are spread over Citus nodes: by bucket, all beside one another, or copied, or not at all.

    A table spread before is left as it is.
    """
    statements: list[str] = []
    first = ""
    for table, shard_class in shard_classes:
        is_new = f"where not exists (select 1 from pg_dist_partition where logicalrelid = '{table}'::regclass)"
        if shard_class == "sharded":
            beside = f", colocate_with => '{first}'" if first else ""
            statements.append(f"select create_distributed_table('{table}', 'bkt'{beside}) {is_new}")
            first = first or table
        elif shard_class == "reference":
            statements.append(f"select create_reference_table('{table}') {is_new}")
    return statements
