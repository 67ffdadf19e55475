"""Migrating: bring a database to this release's schema; refuse one of a later release.

Alembic orders the steps and writes their SQL; it runs here, over asyncpg, in one transaction under a lock,
so that two processes starting at once migrate once. An up-to-date database costs one query.
"""

from io import StringIO
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


def run_file(name: str) -> None:
    """Called by a step: put the SQL of `sql/<name>.sql` into the script."""
    from alembic import op  # noqa: PLC0415 - alembic is loaded only when there is something to do

    op.execute((FOLDER / "sql" / f"{name}.sql").read_text().replace(":", r"\:"))


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
            await connection.execute(_script(current, todo[-1]))
            await _distribute(connection)
        return todo
    finally:
        await connection.close()


def _script(current: str | None, target: str) -> str:
    from alembic.command import upgrade  # noqa: PLC0415 - as above
    from alembic.config import Config  # noqa: PLC0415

    written = StringIO()
    config = Config(output_buffer=written)
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    upgrade(config, f"{current or 'base'}:{target}", sql=True)
    return written.getvalue()


async def _distribute(connection: asyncpg.Connection) -> None:
    """Where the Citus extension is there, spread the tables over its nodes by their shard class."""
    if not await connection.fetchval(_HAS_CITUS):
        return
    from datong.schema import metadata  # noqa: PLC0415 - as above

    for table in metadata.sorted_tables:
        for statement in distribution_of(table.name, table.info["shard_class"]):
            await connection.execute(statement)


def distribution_of(table: str, shard_class: str) -> list[str]:
    """How a table is spread: by its bucket beside all others, or copied to every node, or not at all."""
    is_spread = f"exists (select 1 from pg_dist_partition where logicalrelid = '{table}'::regclass)"
    if shard_class == "sharded":
        beside = "" if table == "fact_outbox" else ", colocate_with => 'fact_outbox'"
        return [f"select create_distributed_table('{table}', 'bkt'{beside}) where not {is_spread}"]
    if shard_class == "reference":
        return [f"select create_reference_table('{table}') where not {is_spread}"]
    return []
