"""Migrating: bring a database to this release's schema; refuse one of a later release.

Alembic orders the steps and writes their SQL; it runs here, over asyncpg, in one transaction under a lock,
so that two processes starting at once migrate once. An up-to-date database costs one query, and Alembic
is not even loaded.
"""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import asyncpg

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0xDA7046
_VERSION_TABLE = "select to_regclass('alembic_version') is not null"
_VERSION = "select version_num from alembic_version"
_HAS_CITUS = "select count(*) from pg_extension where extname = 'citus'"


class TooNew(Exception):  # noqa: N818 - what is wrong
    """The database was migrated by a later release; the text says what to do."""


def revisions() -> list[str]:
    """All steps, first to last, by the number that begins their file's name."""
    return sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


async def migrate(dsn: str) -> list[str]:
    """Bring the database up to date; answers the steps that were run."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        current = await connection.fetchval(_VERSION) if await connection.fetchval(_VERSION_TABLE) else None
        steps = revisions()
        if current is not None and current not in steps:
            msg = f"the database is at step {current}, this release knows {steps[-1]}: start a newer release"
            raise TooNew(msg)
        todo = steps if current is None else steps[steps.index(current) + 1 :]
        if todo:
            scripting = import_module("datong.runtime.migrations.scripting")
            await connection.execute(scripting.script(current, todo[-1]))
            if await connection.fetchval(_HAS_CITUS):
                for statement in distribution(scripting.shard_classes()):
                    await connection.execute(statement)
        return todo
    finally:
        await connection.close()


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
