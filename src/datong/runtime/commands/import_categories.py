"""`datong import-categories FOLDER`: a category tree with its attributes, in both languages."""

import argparse
from pathlib import Path

from datong.importers.category_tree import import_taxonomy
from datong.runtime.command_db import run_job
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The folder."""
    parser.add_argument("folder", type=Path)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Import; names are updated, nothing is doubled."""
    return run_job(settings, lambda _, db: import_taxonomy(db, asked.folder))
