"""Every SQL constant is prepared against the migrated schema and compared with its struct; none reaches into another room."""

from datetime import date, datetime
from typing import Any, get_args, get_origin

import asyncpg
import msgspec

from datong.kernel.sql import Query, Scalar
from datong.migrating import FOLDER
from datong.schema import metadata
from tests.house import sql_rules
from tests.house.rooms import room_of, statements

KINDS: dict[str, tuple[type, ...]] = {
    "int2": (int,), "int4": (int,), "int8": (int,), "text": (str,), "bool": (bool,), "float8": (float,),
    "timestamptz": (datetime,), "date": (date,), "bytea": (bytes,), "jsonb": (dict, object, list), "text[]": (list,), "int8[]": (list,),
    "numeric": (),
}  # fmt: skip
AUDITOR = "datong.auditing"


def _accepts(annotation: Any, kind: str, *, is_aggregate: bool = False) -> bool:  # noqa: ANN401
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
    owners: dict[str, str] = {}
    for module, _, _ in statements():
        owners.setdefault(room_of(module.__name__), "")
    found: dict[str, str] = {}
    for room in [*owners, "datong.kernel", "datong.plugs"]:
        try:
            tables = __import__(f"{room}.tables", fromlist=["tables"])
        except ModuleNotFoundError:
            continue
        for value in vars(tables).values():
            if hasattr(value, "name") and getattr(value, "name", None) in metadata.tables:
                found[value.name] = room
    return found


def _said() -> list[sql_rules.Said]:
    """Every statement but the auditor's, which sees all books."""
    return [
        sql_rules.Said(f"{module.__name__}.{name}", room_of(module.__name__), statement.text, statement.is_write)
        for module, name, statement in statements()
        if not module.__name__.startswith(AUDITOR)
    ]


def _sharded() -> set[str]:
    return {name for name, table in metadata.tables.items() if table.info["shard_class"] == "sharded"}


def test_a_table_is_named_in_sql_by_its_own_room_alone() -> None:
    owners = _owner_of_tables()
    assert set(owners) == set(metadata.tables)
    assert sql_rules.foreign_tables(_said(), owners, {("datong.loading", "town_mark")}) == []


def test_a_write_to_a_sharded_table_takes_its_bucket_first() -> None:
    assert sql_rules.writes_without_bucket(_said(), _sharded()) == []


def test_sharded_sql_keeps_to_what_a_cluster_can_do() -> None:
    assert sql_rules.beyond_a_cluster(_said()) == []


def test_a_read_of_a_sharded_table_names_the_bucket_or_sweeps_by_an_index() -> None:
    assert sql_rules.reads_without_bucket(_said(), _sharded()) == []


ROOMS_OF_FUNCTIONS = {
    "fact": "datong.kernel", "request": "datong.kernel", "inventory": "datong.commerce.inventory",
    "order": "datong.commerce.order", "ledger": "datong.commerce.payment", "cart": "datong.commerce.cart",
    "voucher": "datong.commerce.voucher", "coin": "datong.commerce.voucher", "promotion": "datong.commerce.pricing",
    "search": "datong.platform.search", "notice": "datong.commerce.messaging",
}  # fmt: skip


def test_functions_of_the_database_keep_to_their_room_and_to_what_a_cluster_can_do() -> None:
    owners, sharded = _owner_of_tables(), _sharded()
    found = [
        sql_rules.functions(path.read_text(), ROOMS_OF_FUNCTIONS, owners, sharded)
        for path in sorted((FOLDER / "sql").glob("*.sql"))
    ]
    assert [each for wrong, _ in found for each in wrong] == []
    assert sum(count for _, count in found) >= 15
