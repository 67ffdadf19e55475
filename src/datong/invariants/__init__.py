"""The audit: every identity of the house, checked on the live database in one snapshot, naming the rows that break it.

Source: domain.md §33. This is the one place that reads across rooms' tables: an auditor sees all books and
writes none. Each check answers the rows that break it; an empty answer is good.
"""

import sys
from collections.abc import Sequence

from datong.invariants import aftersale, desks, living, money, reviews, trade
from datong.invariants.checks import Broken, Check
from datong.invariants.waiting import waiting
from datong.kernel.tx import Db
from datong.settings import Settings

CHECKS: tuple[Check, ...] = (
    *money.CHECKS,
    *trade.CHECKS,
    *aftersale.CHECKS,
    *reviews.CHECKS,
    *desks.CHECKS,
    *living.CHECKS,
)
NEEDS_NOW = frozenset({"facts.late", "timers.overdue"})


async def audit(db: Db) -> dict[str, list[Broken]]:
    """Run every check in one snapshot; answers the broken identities with up to 20 rows each."""
    found: dict[str, list[Broken]] = {}
    async with db.snapshot() as tx:
        for each in CHECKS:
            args: Sequence[object] = (tx.now,) if each.name in NEEDS_NOW else ()
            if broken := await tx.all(each.query, *args):
                found[each.name] = broken
    return found


async def audit_and_print(_: Settings, db: Db) -> int:
    """For the command line: a line a check, the rows that break it, what waits and for what; exit 1 if any is broken."""
    found = await audit(db)
    for each in CHECKS:
        broken = found.get(each.name, [])
        print(f"{'BROKEN' if broken else 'ok    '} {each.name:<18} {each.says}")  # noqa: T201
        for row in broken:
            print(f"         {row.subject}: {row.detail}")  # noqa: T201
    for reason, count in (await waiting(db)).items():
        print(f"waits  {count:>6} {reason}")  # noqa: T201
    print(f"{len(CHECKS) - len(found)} of {len(CHECKS)} identities hold", file=sys.stderr)  # noqa: T201
    return 1 if found else 0
