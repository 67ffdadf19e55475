"""`datong found`: open the brands and the verticals of an installation that has no demo town."""

import argparse

from datong.founding import found_brands
from datong.kernel.tx import Db
from datong.loading.verticals import save_town_verticals
from datong.reaching import run_job
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Both brands with their rules, and the seventeen verticals; what is there is kept."""

    async def found(_: Settings, db: Db) -> int:
        await found_brands(db)
        async with db.begin() as tx:
            await save_town_verticals(tx)
        return 0

    return run_job(settings, found)
