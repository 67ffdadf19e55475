"""`datong seed`: build the demo town in an empty database."""

import argparse

from datong.demo.town import build_town
from datong.runtime.command_db import run_job
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Build it, with progress."""
    return run_job(settings, build_town)
