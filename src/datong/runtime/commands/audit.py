"""`datong audit`: check every invariant on the live database."""

import argparse
import sys

from datong.kernel.invariants import audit, list_waiting
from datong.kernel.tx import Db
from datong.runtime.command_db import run_job
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """0 when all hold, 1 with the rows that break one."""
    return run_job(settings, audit_and_print)


async def audit_and_print(_: Settings, db: Db) -> int:
    """Print a line for each invariant, the rows that break it, and what waits and for what.

    Answers 1 if any is broken.
    """
    found = await audit(db)
    for each in db.house.invariants:
        broken = found.get(each.name, [])
        print(f"{'BROKEN' if broken else 'ok    '} {each.name:<18} {each.says}")  # noqa: T201 - the command line speaks
        for row in broken:
            print(f"         {row.subject}: {row.detail}")  # noqa: T201 - the command line speaks
    for reason, count in (await list_waiting(db)).items():
        print(f"waits  {count:>6} {reason}")  # noqa: T201 - the command line speaks
    total = len(db.house.invariants)
    print(f"{total - len(found)} of {total} identities hold", file=sys.stderr)  # noqa: T201 - the command line speaks
    return 1 if found else 0
