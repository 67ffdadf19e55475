"""No line is wider than 120 characters, in any language."""

import re
import subprocess
from pathlib import Path

from tests.house.rooms import ROOT

MAX_WIDTH = 120
KINDS = {".md", ".sh", ".css", ".js", ".html", ".py", ".sql"}
NAMES = {"run", "test", "datong", "Dockerfile", "compose.yaml"}
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


def test_lines_are_no_wider_than_a_screen() -> None:
    found = {path.relative_to(ROOT).as_posix(): wide_lines(path.read_text()) for path in files()}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}


def test_a_wide_line_is_found() -> None:
    fits = "x" * MAX_WIDTH
    assert wide_lines(f"{fits}\n{fits}x\n{fits}  # noqa: S608 - a reason\n") == [2]
    assert wide_lines("长" * MAX_WIDTH) == []
    assert {path.suffix for path in files()} >= KINDS
