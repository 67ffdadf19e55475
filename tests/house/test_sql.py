"""Every SQL constant is prepared against the migrated schema and compared with its struct; none reaches into another room."""

import re
from datetime import date, datetime
from typing import Any, get_args, get_origin

import asyncpg
import msgspec

from datong.kernel.sql import Query, Scalar
from datong.runtime.migrate import FOLDER
from datong.runtime.schema import metadata
from datong.wiring import find_house
from tests.house.rooms import module_of, room_of, statements

KINDS: dict[str, tuple[type, ...]] = {
    "int2": (int,), "int4": (int,), "int8": (int,), "text": (str,), "bool": (bool,), "float8": (float,),
    "timestamptz": (datetime,), "date": (date,), "bytea": (bytes,), "jsonb": (dict, object, list), "text[]": (list,), "int8[]": (list,),
    "numeric": (),
}  # fmt: skip
AUDITOR = (".invariants", ".fact_invariants", ".room")
"""Modules whose statements may read every room's tables."""


def _accepts(annotation: Any, kind: str, *, is_aggregate: bool = False) -> bool:  # noqa: ANN401 - an annotation of any kind
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
    return {table: module_of(room) for room in find_house().rooms for table in (each.name for each in room.tables)}


def test_a_table_is_named_in_sql_by_its_own_room_alone() -> None:
    owners = _owner_of_tables()
    assert set(owners) == set(metadata.tables)
    wrong: list[str] = []
    for module, name, statement in statements():
        room = room_of(module.__name__)
        if module.__name__.endswith(AUDITOR):
            continue
        for found in re.finditer(r"\b(?:from|join|update|into|table)\s+([a-z_]+)", statement.text):
            owner = owners.get(found[1])
            if owner and owner != room and not (room in {"datong.demo", "datong.runtime"} and found[1] == "town_mark"):
                wrong.append(f"{module.__name__}.{name} names {found[1]} of {owner}")
    assert wrong == []


def test_a_write_to_a_sharded_table_takes_its_bucket_first() -> None:
    sharded = {name for name, table in metadata.tables.items() if table.info["shard_class"] == "sharded"}
    sweeping = {"PRUNE", "CLOSE_EXPIRED"}
    wrong: list[str] = []
    for module, name, statement in statements():
        if not statement.is_write or name in sweeping:
            continue
        target = re.search(r"\b(?:update|into|delete from)\s+([a-z_]+)", statement.text)
        if (
            target
            and target[1] in sharded
            and not re.search(r"bkt = \$1|\(\$1|select \$1|values \(\$1", statement.text)
        ):
            wrong.append(f"{module.__name__}.{name}")
    assert wrong == []


def test_sharded_sql_keeps_to_what_a_cluster_can_do() -> None:
    wrong: list[str] = []
    for module, name, statement in statements():
        text = statement.text.lower()
        if re.search(r"\bwith\b[^;]*\b(insert into|update|delete from)\b[^;]*\)\s*(insert|update|delete|select)", text):
            wrong.append(f"{module.__name__}.{name}: a modifying CTE")
        if "skip locked" in text and "bkt = $1" not in text:
            wrong.append(f"{module.__name__}.{name}: skip locked without a bucket")
        if re.search(r"\boffset\b", text):
            wrong.append(f"{module.__name__}.{name}: offset")
    assert wrong == []


WHOLE = re.compile(
    r"\b(?:due_at|expires_at|told_at|dead_at|seq|storefront_id|applied_at|state in|delivered_at|look_at|marked_at|asked_at"
    r"|happened_at|owner_id = 0)\b|\(bkt, product_id\) >"
)
"""What sweeps and operators' lists go through on all shards at once, each by an index of its own and with a bound."""


def test_a_read_of_a_sharded_table_names_the_bucket_or_sweeps_by_an_index() -> None:
    sharded = {name for name, table in metadata.tables.items() if table.info["shard_class"] == "sharded"}
    wrong: list[str] = []
    for module, name, statement in statements():
        read = set(re.findall(r"\b(?:from|join)\s+([a-z_]+)", statement.text)) & sharded
        if statement.is_write or not read or module.__name__.endswith(AUDITOR) or "bkt = " in statement.text:
            continue
        if not WHOLE.search(statement.text):
            wrong.append(f"{module.__name__}.{name} reads {sorted(read)}")
    assert wrong == []


def test_functions_of_the_database_keep_to_their_room_and_to_what_a_cluster_can_do() -> None:
    """Each touches its own room's tables alone, by their bucket, and writes in plain statements."""
    owners = _owner_of_tables()
    rooms = {name: module_of(room) for room in find_house().rooms for name in room.functions}
    sharded = {name for name, table in metadata.tables.items() if table.info["shard_class"] == "sharded"}
    wrong: list[str] = []
    seen = 0
    for path in sorted((FOLDER / "sql").glob("*.sql")):
        for name, body in re.findall(
            r"create (?:or replace )?function (\w+)\(.*?\$\$(.*?)\$\$", path.read_text(), re.DOTALL
        ):
            seen += 1
            room = rooms[name]
            for statement in body.split(";"):
                tables = set(re.findall(r"\b(?:from|join|update|into)\s+([a-z_]+)", statement)) & sharded
                wrong += [f"{name} touches {table} of {owners[table]}" for table in tables if owners[table] != room]
                if tables and "bkt" not in statement:
                    wrong.append(f"{name} touches {sorted(tables)} without a bucket")
                if re.search(
                    r"\bwith\b.*\b(insert into|update|delete from)\b.*\)\s*(insert|update|delete|select)", statement
                ):
                    wrong.append(f"{name}: a modifying CTE")
    assert seen >= 15
    assert wrong == []
