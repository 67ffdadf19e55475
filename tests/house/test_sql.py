"""Every SQL constant is prepared against the migrated schema and compared with its struct.

None reaches into another room.
"""

from datetime import date, datetime
from typing import Any, get_args, get_origin

import asyncpg
import msgspec

from datong.kernel.sql import Query, Scalar
from datong.runtime.migrate import FOLDER, steps_of
from datong.runtime.schema import metadata
from datong.wiring import find_house
from tests.house import sql_rules
from tests.house.rooms import module_of, room_of, statements

KINDS: dict[str, tuple[type, ...]] = {
    "int2": (int,), "int4": (int,), "int8": (int,), "text": (str,), "bool": (bool,), "float8": (float,),
    "timestamptz": (datetime,), "date": (date,), "bytea": (bytes,), "jsonb": (dict, object, list), "text[]": (list,),
    "int8[]": (list,), "numeric": (),
}  # fmt: skip
AUDITOR = (".invariants", ".fact_invariants", ".room")
"""Modules whose statements may read the tables of every room."""


def _accepts(annotation: Any, kind: str, *, is_aggregate: bool = False) -> bool:  # noqa: ANN401 - any annotation
    """Whether a struct's field can hold what a column of this type gives."""
    options = get_args(annotation) if get_origin(annotation) not in {list, dict, None} else (annotation,)
    for option in options or (annotation,):
        origin = get_origin(option) or option
        if origin in KINDS.get(kind, ()):
            return True
    return False


async def test_every_statement_prepares_and_fits_its_struct(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    seen: set[int] = set()
    wrong: list[str] = []
    for module, name, statement in statements():
        if id(statement) in seen:
            continue
        seen.add(id(statement))
        place = f"{module.__name__}.{name}"
        try:
            prepared = await connection.prepare(statement.text)
        except asyncpg.PostgresError as error:
            wrong.append(f"{place}: {error}")
            continue
        if not isinstance(statement, Query):
            continue
        columns = [(column.name, column.type.name) for column in prepared.get_attributes()]
        if isinstance(statement, Scalar):
            fields = [(columns[0][0], statement.row)] if len(columns) == 1 else []
        else:
            fields = [(field.name, field.type) for field in msgspec.structs.fields(statement.row)]
        if [name for name, _ in columns] != [name for name, _ in fields]:
            wrong.append(f"{place}: columns {columns} are not the fields {[name for name, _ in fields]}")
            continue
        for (column, kind), (_, annotation) in zip(columns, fields, strict=True):
            if not _accepts(annotation, kind):
                wrong.append(f"{place}: column {column} is {kind}, the field is {annotation}")
    await connection.close()
    assert len(seen) > 100
    assert wrong == []


def _owner_of_tables() -> dict[str, str]:
    return {table.name: module_of(room) for room in find_house().rooms for table in room.tables}


def _said() -> list[sql_rules.Said]:
    """Every statement but the auditor's, which sees all books."""
    return [
        sql_rules.Said(f"{module.__name__}.{name}", room_of(module.__name__), statement.text, statement.is_write)
        for module, name, statement in statements()
        if not module.__name__.endswith(AUDITOR)
    ]


def _sharded() -> set[str]:
    return {name for name, table in metadata.tables.items() if table.info["shard_class"] == "sharded"}


def test_a_table_is_named_in_sql_by_its_own_room_alone() -> None:
    owners = _owner_of_tables()
    assert set(owners) == set(metadata.tables)
    assert (
        sql_rules.foreign_tables(_said(), owners, {("datong.demo", "town_mark"), ("datong.runtime", "town_mark")}) == []
    )


def test_a_write_to_a_sharded_table_takes_its_bucket_first() -> None:
    assert sql_rules.writes_without_bucket(_said(), _sharded()) == []


def test_sharded_sql_keeps_to_what_a_cluster_can_do() -> None:
    assert sql_rules.beyond_a_cluster(_said()) == []


def test_a_read_of_a_sharded_table_names_the_bucket_or_sweeps_by_an_index() -> None:
    assert sql_rules.reads_without_bucket(_said(), _sharded()) == []


def test_functions_of_the_database_keep_to_their_room_and_to_what_a_cluster_can_do() -> None:
    owners, sharded = _owner_of_tables(), _sharded()
    rooms = {name: module_of(room) for room in find_house().rooms for name in room.functions}
    common = [path.read_text() for path in sorted((FOLDER / "sql").glob("*.sql"))]
    own = [text for room in find_house().rooms for text in steps_of(room).values()]
    found = [sql_rules.functions(text, rooms, owners, sharded) for text in (*common, *own)]
    assert [each for wrong, _ in found for each in wrong] == []
    assert sum(count for _, count in found) >= 15
