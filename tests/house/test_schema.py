"""The migrated schema is the tables', and every table keeps to its shard class."""

import re

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from datong.runtime.migrate import FOLDER, TooNew, distribution, migrate, revisions, shard_classes, steps_of
from datong.runtime.schema import metadata
from datong.wiring import find_house
from tests.house import sql_rules


async def test_migrations_make_what_the_tables_say(dsn: str) -> None:
    host = dsn.partition("host=")[2]
    name = re.search(r"@/([^?]+)", dsn)
    assert name
    engine = create_async_engine(f"postgresql+asyncpg://datong@/{name[1]}?host={host}")
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata)
        )
    await engine.dispose()
    real = [each for each in differences if "alembic_version" not in str(each)]
    assert real == []


def test_sharded_tables_begin_with_their_bucket() -> None:
    assert sql_rules.unkeyed(metadata) == []


def test_no_foreign_key_and_no_trigger() -> None:
    common = [path.read_text() for path in (FOLDER / "sql").glob("*.sql")]
    own = [text for room in find_house().rooms for text in steps_of(room).values()]
    assert sql_rules.linked(metadata, [*common, *own]) == []


def test_steps_follow_one_another() -> None:
    assert sql_rules.out_of_step(FOLDER / "versions") == []
    assert revisions()[-1] == max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


async def test_a_database_of_a_later_release_is_refused(dsn: str) -> None:
    assert await migrate(dsn, find_house()) == []
    connection = await asyncpg.connect(dsn)
    await connection.execute("update alembic_version set version_num = '9999'")
    await connection.close()
    with pytest.raises(TooNew, match="9999"):
        await migrate(dsn, find_house())


async def test_on_a_cluster_every_table_is_spread_by_its_class(dsn: str) -> None:
    """The extension's own functions are stood in for by ones that write down what was asked of them."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        """
        create table pg_dist_partition (logicalrelid regclass);
        create table asked (what text, name text);
        create function create_distributed_table(name regclass, col text, colocate_with text default '')
            returns void language sql as $$ insert into asked values ('sharded', name::text) $$;
        create function create_reference_table(name regclass)
            returns void language sql as $$ insert into asked values ('reference', name::text) $$;
        """
    )
    for statement in distribution(shard_classes(find_house())):
        await connection.execute(statement)
    asked = {row["name"]: row["what"] for row in await connection.fetch("select what, name from asked")}
    await connection.close()
    assert asked == {name: kind for name, kind in shard_classes(find_house()) if kind != "local"}
