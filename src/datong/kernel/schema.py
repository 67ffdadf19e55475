"""The schema's one source: SQLAlchemy Core tables, each with its shard class.

`sharded`: the first column of the primary key and of every unique index is `bkt`, the owner's bucket.
`reference`: small, copied to every node. `local`: stays on one node (work queues, migrations).
"""

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, TIMESTAMP

ShardClass = Literal["sharded", "reference", "local"]

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s",
    }
)

Instant = TIMESTAMP(timezone=True)
Json = JSONB
Texts = ARRAY(sa.Text)
Bytes = BYTEA


def table(name: str, shard_class: ShardClass, *parts: Any) -> sa.Table:  # noqa: ANN401 - columns and constraints
    """One table and its shard class; a sharded one begins with `bkt`."""
    if shard_class == "sharded":
        parts = (sa.Column("bkt", sa.Integer, nullable=False), *parts)
    return sa.Table(name, metadata, *parts, info={"shard_class": shard_class})


def column(name: str, kind: Any = sa.BigInteger, default: str | None = None, *, null: bool = False) -> sa.Column[Any]:  # noqa: ANN401 - a type of SQLAlchemy, class or instance
    """A column, not null unless said; `default` is SQL text."""
    return sa.Column(name, kind, nullable=null, server_default=None if default is None else sa.text(default))


def key(*columns: str) -> sa.PrimaryKeyConstraint:
    """The primary key."""
    return sa.PrimaryKeyConstraint(*columns)


def check(name: str, rule: str) -> sa.CheckConstraint:
    """A rule that the database keeps."""
    return sa.CheckConstraint(rule, name=name)


def index(name: str, *columns: Any, where: str | None = None, unique: bool = False) -> sa.Index:  # noqa: ANN401 - names, or expressions of SQLAlchemy
    """An index, partial where `where` is given."""
    return sa.Index(name, *columns, unique=unique, postgresql_where=None if where is None else sa.text(where))
