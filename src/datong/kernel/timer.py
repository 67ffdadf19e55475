"""How late clocks are: rows with a `due_at` in the past that nobody has worked on yet."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.kernel.sql import Query, rows


class Timer(msgspec.Struct, frozen=True):
    """One kind of clock: how many have run out and wait (up to 1,000), and when the next one is or was due."""

    name: str
    overdue: int
    next_due_at: datetime | None


def timers(*tables: str, column: str = "due_at", where: str = "") -> Query[Timer]:
    """The statement that reads the clocks of a room, each named by its table, by the partial index of its column."""
    more = f" and {where}" if where else ""
    return rows(
        Timer,
        " union all ".join(
            f"""
            select '{table}' as name, (
                select count(*) from (
                    select 1 from {table} where {column} <= $1{more} limit 1000) as counted) as overdue, (
                select {column} from {table} where {column} is not null{more} order by {column} limit 1) as next_due_at
            """
            for table in tables
        ),
    )


def read_together(queries: Sequence[Query[Timer]]) -> Query[Timer]:
    """One statement for the clocks of several rooms, in their order."""
    return rows(Timer, " union all ".join(query.text for query in queries))
