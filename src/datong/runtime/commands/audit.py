"""`datong audit`: check every identity on the live database."""

import argparse

from datong.invariants import audit_and_print
from datong.runtime.command_db import run_job
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """0 when all hold, 1 with the rows that break one."""
    return run_job(settings, audit_and_print)
