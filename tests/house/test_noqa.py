"""A check that is switched off says why: `# noqa: CODE - reason`."""

import re
import tokenize
from collections import Counter
from io import StringIO

from tests.house.rooms import ROOT

FOLDERS = ("src", "tests", "bench", "setup")
WITH_REASON = re.compile(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* - \S.{2,}")
WITHOUT: dict[str, int] = {}
"""How many a file has that say no reason; none may."""


def without_reason(source: str) -> list[int]:
    """The lines whose `noqa` names no rule or no reason. Words in strings are not comments."""
    comments = [each for each in tokenize.generate_tokens(StringIO(source).readline) if each.type == tokenize.COMMENT]
    return [
        each.start[0]
        for each in comments
        if re.search(r"#\s*noqa\b", each.string, re.IGNORECASE) and not WITH_REASON.search(each.string)
    ]


def test_whoever_switches_a_check_off_says_why() -> None:
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")] + [ROOT / "setup.py"]
    found = {path.relative_to(ROOT).as_posix(): without_reason(path.read_text()) for path in paths}
    counts = Counter({name: len(lines) for name, lines in found.items() if lines})
    assert counts == WITHOUT, {name: lines for name, lines in found.items() if len(lines) != WITHOUT.get(name, 0)}


def test_one_without_a_reason_is_found() -> None:
    source = """\
a = 1  # noqa: S101 - it is a test
b = 2  # noqa: S101
c = 3  # noqa
d = 4  # NOQA: S101, PLR2004
e = 5  # noqa: S101, PLR2004 - both of them are meant
f = 6  # noqa: S101 -
g = "# noqa"
h = 8  # noqa: S101 -- no
i = 9  # type: ignore[misc]  # noqa: S101
"""
    assert without_reason(source) == [2, 3, 4, 6, 8, 9]
