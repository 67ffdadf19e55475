"""The audit: every invariant of the rooms, checked on the live database in one snapshot. Source: domain.md §33.

An invariant is the one kind of statement that may read other rooms' tables: an auditor sees all books and writes none.
Each answers the rows that break it; no row is good.
"""

from collections.abc import Sequence

import msgspec

from datong.kernel.house import Broken, Invariant
from datong.kernel.sql import Query, rows
from datong.kernel.tx import Db

MAX_ROWS = 20


class Waiting(msgspec.Struct, frozen=True):
    """A reason for which something has not come to its end yet, and how many wait for it."""

    reason: str
    count: int


def invariant(name: str, says: str, text: str, *, needs_now: bool = False) -> Invariant:
    """An invariant whose query answers the rows that break it, at most twenty.

    With `needs_now`, `$1` is the instant.
    """
    return Invariant(name, says, rows(Broken, f"{text} limit {MAX_ROWS}"), needs_now)


def waiting_for(text: str) -> Query[Waiting]:
    """A query of `reason` and `count` that says what waits in one room; at most a thousand reasons."""
    counted = f"select reason, count(*) as count from ({text}) as waiting group by reason order by reason limit 1000"
    return rows(Waiting, counted)


async def audit(db: Db) -> dict[str, list[Broken]]:
    """Check every invariant of the house in one snapshot; answers the broken ones with up to 20 rows each."""
    found: dict[str, list[Broken]] = {}
    async with db.snapshot() as tx:
        for each in db.house.invariants:
            args: Sequence[object] = (tx.now,) if each.needs_now else ()
            if broken := await tx.all(each.query, *args):
                found[each.name] = broken
    return found


async def list_waiting(db: Db) -> dict[str, int]:
    """How many orders, cases, refunds, … wait for each reason, in one snapshot; `unexplained …` is a fault."""
    async with db.snapshot() as tx:
        return {each.reason: each.count for query in db.house.waiting for each in await tx.all(query)}
