"""The rules of SQL and schema, each a function of statements, of tables or of texts that answers what breaks it."""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import msgspec
import sqlalchemy as sa

SWEEPING = frozenset({"PRUNE", "CLOSE_EXPIRED"})
WHOLE = re.compile(
    r"\b(?:due_at|dues_by|expires_at|told_at|dead_at|seq|storefront_id|applied_at|state "
    r"in|delivered_at|look_at|marked_at|asked_at"
    r"|happened_at|owner_id = 0)\b|\(bkt, product_id\) >"
)
"""What sweeps and operators' lists go through on all shards at once, each by an index of its own and with a bound."""
MODIFYING_CTE = re.compile(
    r"\bwith\b[^;]*\b(insert into|update|delete from)\b[^;]*\)\s*(insert|update|delete|select)", re.IGNORECASE
)
_NAMES = re.compile(r"\b(?:from|join|update|into|table|using)\s+(?:only\s+)?((?:[a-z_]+\.)?[a-z_]+)", re.IGNORECASE)
_LIST = re.compile(r"\bfrom\s+([a-z_. ]+(?:,\s*[a-z_. ]+)+)", re.IGNORECASE)


class Said(msgspec.Struct, frozen=True):
    """A statement and where it stands."""

    place: str
    room: str
    text: str
    is_write: bool

    @property
    def name(self) -> str:
        """The constant's own name."""
        return self.place.rpartition(".")[2]


def tables_in(text: str) -> set[str]:
    """The names that stand where a table is named: after `from` (each of a list), `join`, `update`, `into`, `using`."""
    plain = re.sub(r"'[^']*'|--[^\n]*", " ", text).replace('"', "")
    found = set(_NAMES.findall(plain))
    for each in _LIST.findall(plain):
        found |= {part.split()[0] for part in each.split(",") if part.split()}
    return {each.lower().rpartition(".")[2] for each in found}


def foreign_tables(said: Iterable[Said], owners: Mapping[str, str], may: Collection[tuple[str, str]] = ()) -> list[str]:
    """Statements that name a table of another room."""
    return [
        f"{each.place} names {table} of {owners[table]}"
        for each in said
        for table in sorted(tables_in(each.text) & owners.keys())
        if owners[table] != each.room and (each.room, table) not in may
    ]


def writes_without_bucket(said: Iterable[Said], sharded: Collection[str]) -> list[str]:
    """Writes to a sharded table whose first argument is not its bucket."""
    wrong: list[str] = []
    for each in said:
        target = re.search(r"\b(?:update|into|delete from)\s+([a-z_]+)", each.text)
        if not each.is_write or each.name in SWEEPING or not target or target[1] not in sharded:
            continue
        if not re.search(r"bkt = \$1|\(\$1|select \$1|values \(\$1", each.text):
            wrong.append(each.place)
    return wrong


def beyond_a_cluster(said: Iterable[Said]) -> list[str]:
    """What a cluster cannot do, or not well."""
    wrong: list[str] = []
    for each in said:
        text = each.text.lower()
        if MODIFYING_CTE.search(text):
            wrong.append(f"{each.place}: a modifying CTE")
        if "skip locked" in text and "bkt = $1" not in text:
            wrong.append(f"{each.place}: skip locked without a bucket")
        if re.search(r"\boffset\b", text):
            wrong.append(f"{each.place}: offset")
    return wrong


def reads_without_bucket(said: Iterable[Said], sharded: Collection[str]) -> list[str]:
    """Reads of a sharded table that neither name a bucket nor go through an index of a sweep."""
    return [
        f"{each.place} reads {sorted(read)}"
        for each in said
        if not each.is_write
        and (read := tables_in(each.text) & set(sharded))
        and "bkt = " not in each.text
        and not WHOLE.search(each.text)
    ]


FUNCTION = re.compile(r"create (?:or replace )?function (\w+)\((.*?)\).*?\$\$(.*?)\$\$", re.DOTALL | re.IGNORECASE)


def functions(
    text: str, rooms: Mapping[str, str], owners: Mapping[str, str], sharded: Collection[str]
) -> tuple[list[str], int]:
    """What the functions of an SQL file do that they may not, and how many there are.

    Each takes the bucket first, touches its own room's tables alone, by their bucket, and writes in plain statements.
    """
    wrong: list[str] = []
    found = FUNCTION.findall(text)
    for name, args, body in found:
        room = rooms.get(name)
        if room is None:
            wrong.append(f"{name} is of no room")
            continue
        if tables_in(body) & set(owners) and not re.match(r"\s*p_bkt\b", args):
            wrong.append(f"{name} does not take its bucket first")
        for statement in body.split(";"):
            tables = tables_in(statement) & set(sharded)
            wrong += [f"{name} touches {each} of {owners[each]}" for each in sorted(tables) if owners[each] != room]
            if tables and "bkt" not in statement:
                wrong.append(f"{name} touches {sorted(tables)} without a bucket")
            if MODIFYING_CTE.search(statement):
                wrong.append(f"{name}: a modifying CTE")
    return wrong, len(found)


def unkeyed(metadata: sa.MetaData) -> list[str]:
    """Sharded tables with a key or a unique index that does not begin with the bucket."""
    wrong: list[str] = []
    for name, table in metadata.tables.items():
        if table.info["shard_class"] != "sharded":
            continue
        if [column.name for column in table.primary_key.columns][:1] != ["bkt"]:
            wrong.append(f"{name}: primary key")
        for index in table.indexes:
            if index.unique and [column.name for column in index.columns][:1] != ["bkt"]:
                wrong.append(f"{name}: {index.name}")
        if any(isinstance(each, sa.UniqueConstraint) for each in table.constraints):
            wrong.append(f"{name}: a unique constraint without a bucket")
    return wrong


def linked(metadata: sa.MetaData, steps: Iterable[str]) -> list[str]:
    """Foreign keys and triggers, in the tables or in the texts of migrations."""
    wrong = [f"{name}: a foreign key" for name, table in metadata.tables.items() if table.foreign_keys]
    for text in steps:
        lower = text.lower()
        wrong += [f"{word} in a step" for word in ("create trigger", "references ") if word in lower]
    return wrong


def out_of_step(folder: Path) -> list[str]:
    """Steps of migrations that do not name themselves, or not the one before."""
    wrong: list[str] = []
    before = None
    for path in sorted(folder.glob("[0-9]*.py")):
        text, number = path.read_text(), path.name[:4]
        if f'revision = "{number}"' not in text:
            wrong.append(f"{path.name} is not {number}")
        if f"down_revision = {before!r}".replace("'", '"') not in text:
            wrong.append(f"{path.name} does not follow {before}")
        before = number
    return wrong
