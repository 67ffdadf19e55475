"""`datong worker`: deliver facts and run sweeps."""

import argparse

import uvloop

from datong.settings import Settings
from datong.worker import run_worker


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Work until told to stop."""
    uvloop.run(run_worker(settings))
    return 0
