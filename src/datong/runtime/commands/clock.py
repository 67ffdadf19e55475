"""`datong clock AMOUNT`: move the clock of a demo forward."""

import argparse

from datong.kernel.clock_shift import move_clock
from datong.kernel.tx import Db
from datong.runtime.command_db import run_job
from datong.runtime.supervisor import say
from datong.settings import Settings

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def add(parser: argparse.ArgumentParser) -> None:
    """How far."""
    parser.add_argument("amount", help="like 10d, 3h, 15m, 30s")


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Every process follows within half a second."""
    amount: str = asked.amount
    if not settings.is_demo or amount[-1:] not in UNITS or not amount[:-1].isdigit():
        say("only a demo's clock moves, forward, by an amount like 10d")
        return 2

    async def move(_: Settings, db: Db) -> int:
        await move_clock(db, int(amount[:-1]) * UNITS[amount[-1]])
        return 0

    return run_job(settings, move)
