"""Reading a table of goods: CSV or JSON lines, gzipped or not, a row at a time, with the rows that cannot be read."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

Cells = dict[str, object]
MAX_LINE = 1_000_000


class BadRow(msgspec.Struct, frozen=True):
    """A line that is no row, and why."""

    reason: str


def read_rows(path: Path) -> Iterator[tuple[int, Cells | BadRow]]:
    """Every row with its line number. A `.csv` has a header; everything else is JSON lines."""
    with _open(path) as file:
        if ".csv" in path.suffixes:
            for number, cells in enumerate(csv.DictReader(file), 2):
                if None in cells or None in cells.values():
                    yield number, BadRow("more or fewer cells than the header has")
                else:
                    yield number, dict(cells)
            return
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            if len(line) > MAX_LINE:
                yield number, BadRow(f"longer than {MAX_LINE} characters")
                continue
            try:
                yield number, msgspec.json.decode(line, type=Cells)
            except (msgspec.MsgspecError, UnicodeError) as error:
                yield number, BadRow(f"not a JSON object: {error}")


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")
