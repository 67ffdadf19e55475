"""`datong migrate`: bring the database to this release's schema."""

import argparse

from datong.runtime.command_db import reached
from datong.runtime.supervisor import CannotStart, migrate_database, say
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Run the steps that are missing."""
    try:
        with reached(settings) as found:
            migrate_database(found)
    except CannotStart as error:
        say(str(error))
        return 1
    return 0
