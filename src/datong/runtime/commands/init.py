"""`datong init`: open the brands and the verticals of an installation that has no demo town."""

import argparse

from datong.kernel.tx import Db
from datong.runtime.bootstrap import open_brands
from datong.runtime.command_db import run_job
from datong.runtime.verticals import save_default_verticals
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Both brands with their rules, and the seventeen verticals; what is there is kept."""

    async def init(_: Settings, db: Db) -> int:
        await open_brands(db)
        async with db.begin() as tx:
            await save_default_verticals(tx)
        return 0

    return run_job(settings, init)
