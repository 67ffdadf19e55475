"""The migrated schema is the tables', and every table keeps to its shard class."""

import re

import asyncpg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from datong.runtime.migrate import FOLDER, TooNew, distribution, migrate, revisions, shard_classes
from datong.runtime.schema import metadata
from datong.wiring import find_house


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
    wrong: list[str] = []
    for name, table in metadata.tables.items():
        if table.info["shard_class"] != "sharded":
            continue
        if [column.name for column in table.primary_key.columns][:1] != ["bkt"]:
            wrong.append(f"{name}: primary key")
        for index in table.indexes:
            if index.unique and [column.name for column in index.columns][:1] != ["bkt"]:
                wrong.append(f"{name}: {index.name}")
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint):
                wrong.append(f"{name}: a unique constraint without a bucket")
    assert wrong == []


def test_no_foreign_key_and_no_trigger() -> None:
    assert [name for name, table in metadata.tables.items() if table.foreign_keys] == []
    sql = "".join(path.read_text().lower() for path in (FOLDER / "sql").glob("*.sql"))
    assert "create trigger" not in sql
    assert "references " not in sql


def test_functions_of_hot_paths_take_the_bucket_first() -> None:
    for path in (FOLDER / "sql").glob("*.sql"):
        for found in re.finditer(r"create (?:or replace )?function \w+\(\s*(\w+)", path.read_text()):
            assert found[1] == "p_bkt"


def test_steps_follow_one_another() -> None:
    before = None
    for path in sorted((FOLDER / "versions").glob("[0-9]*.py")):
        text = path.read_text()
        assert f'revision = "{path.name[:4]}"' in text
        assert f"down_revision = {before!r}".replace("'", '"') in text
        before = path.name[:4]
    assert revisions()[-1] == before


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
