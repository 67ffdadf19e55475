"""`datong import-catalog FILE`: products from CSV or JSON lines."""

import argparse
from pathlib import Path

from datong.importers.catalog_file import import_goods
from datong.runtime.command_db import run_job
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The file, how its columns map, and where refused rows are written."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--mapping", type=Path, help="how columns map (TOML); default: recognised by the columns")
    parser.add_argument("--report", type=Path, help="write one JSON line for each refused row here")
    parser.add_argument("--limit", type=int, default=0, help="stop after so many rows")


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Import with a progress bar; a bad row is refused and reported, the rest goes in."""
    return run_job(settings, lambda _, db: import_goods(db, asked.file, asked.mapping, asked.report, asked.limit))
