"""`datong failed-events`: list facts that could not be delivered, or send one again."""

import argparse

from datong.kernel.outbox import list_dead_letters, send_again
from datong.kernel.refusal import Refusal
from datong.kernel.tx import Db
from datong.runtime.command_db import run_job
from datong.runtime.supervisor import say
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """Which one to send again, if any."""
    parser.add_argument("--retry", type=int, metavar="ID", help="send this one again")


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print one line for each failed event."""

    async def show(_: Settings, db: Db) -> int:
        if asked.retry:
            try:
                await send_again(db, asked.retry)
            except Refusal as refusal:
                say(str(refusal))
                return 1
        async with db.read() as tx:
            page = await list_dead_letters(tx)
        for letter in page.items:
            print(letter.fact_id, letter.kind, letter.told_at.isoformat(), letter.reason)  # noqa: T201 - the command line speaks
        return 0

    return run_job(settings, show)
