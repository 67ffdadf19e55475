"""No line is wider than 120 characters, in any language; the files that have wider ones are listed and grow fewer."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.house.rooms import ROOT

MAX_WIDTH = 120
KINDS = {".md", ".sh", ".css", ".js", ".html", ".py", ".sql"}
NAMES = {"run", "test", "datong", "Dockerfile", "compose.yaml"}
LIST = Path(__file__).with_name("wide_files.txt")
"""Files with wide lines; a file that has none any more is taken out, and none is added."""
PRAGMA = re.compile(r"\s+# (noqa|type: ignore)\b.*$")


def wide_lines(text: str) -> list[int]:
    """The numbers of lines that are too wide; a pragma at the end and the row of a table are not counted."""
    return [
        number for number, line in enumerate(text.splitlines(), 1)
        if len(PRAGMA.sub("", line)) > MAX_WIDTH and not line.startswith("| ")
    ]  # fmt: skip


def files() -> list[Path]:
    """Every file of the repository that is written by hand in one of the languages."""
    said = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - the git that made the checkout
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / line for line in said.stdout.splitlines()]
    return [path for path in paths if (path.suffix in KINDS or path.name in NAMES) and path.is_file()]


def compare(found: Iterable[str], listed: Iterable[str]) -> list[str]:
    """What is wrong between the files that have wide lines and those that may."""
    have, may = set(found), set(listed)
    wrong = [f"{name}: has lines wider than {MAX_WIDTH}" for name in sorted(have - may)]
    return wrong + [f"{name}: take it out of {LIST.name}" for name in sorted(may - have)]


def test_lines_are_no_wider_than_a_screen() -> None:
    found = [path.relative_to(ROOT).as_posix() for path in files() if wide_lines(path.read_text())]
    assert compare(found, LIST.read_text().split()) == []


def test_a_wide_line_is_found() -> None:
    fits = "x" * MAX_WIDTH
    assert wide_lines(f"{fits}\n{fits}x\n{fits}  # noqa: S608 - a reason\n") == [2]
    assert wide_lines("长" * MAX_WIDTH) == []
    assert compare(["a.py", "b.py"], ["b.py", "c.py"]) == [
        "a.py: has lines wider than 120",
        "c.py: take it out of wide_files.txt",
    ]
    assert {path.suffix for path in files()} >= KINDS
