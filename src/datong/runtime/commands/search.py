"""`datong search`: see the index, have it built anew, or export the notes of queries and events."""

import argparse

import msgspec

from datong.kernel.actor import SYSTEM
from datong.kernel.tx import Db
from datong.platform import search
from datong.runtime.command_db import run_job
from datong.settings import Settings

PAGE = 100


def add(parser: argparse.ArgumentParser) -> None:
    """What to do; by default the indexes are shown."""
    parser.add_argument("--rebuild", action="store_true", help="the worker builds the index anew beside the one in use")
    parser.add_argument(
        "--export", choices=("queries", "events"), help="print the notes as UBI 1.3, a JSON document a line"
    )


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """One line an index, or one line a note."""

    async def work(_: Settings, db: Db) -> int:
        if asked.export:
            return await _export(db, asked.export)
        if asked.rebuild:
            async with db.begin() as tx:
                await search.rebuild(tx, SYSTEM)
        async with db.read() as tx:
            for each in await search.list_indexes(tx):
                done = each.done_at.isoformat() if each.done_at else "-"
                print(each.name, each.state, each.products, each.begun_at.isoformat(), done)  # noqa: T201 - the command line speaks
        return 0

    return run_job(settings, work)


async def _export(db: Db, what: str) -> int:
    export = search.export_queries if what == "queries" else search.export_events
    cursor = ""
    while True:
        async with db.read() as tx:
            page = await export(tx, SYSTEM, cursor, PAGE)
        for each in page.items:
            print(msgspec.json.encode(each).decode())  # noqa: T201 - the command line speaks
        cursor = page.next_cursor
        if not cursor:
            return 0
