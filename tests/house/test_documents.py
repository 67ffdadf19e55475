"""What the documents name in backticks exists: files, modules and their names, parameters, commands."""

import importlib
import re
import subprocess
from pathlib import Path

from datong.wiring import find_house
from tests.house.rooms import ROOT

FILE = re.compile(
    r"^[\w./*-]+\.(py|sql|html|css|js|po|toml|yaml|yml|sh|txt|md)$|^(src|docs|tests|bench|examples|setup)/[\w./-]*$"
)
NAME = re.compile(r"^[a-z_]+(\.[a-z_]+)+(\.[A-Za-z_]+)?$")
COMMAND = re.compile(r"\./datong ([a-z][a-z-]*)")
FOREIGN = {"attributes.yml", "app.state", "datong.rooms", "datong.windows", "NNNN_name.sql"}
"""Names of other people's files, and of entry points."""


def documents() -> list[Path]:
    """The documents that speak of the present: not the change log, nor the decisions of a day."""
    return [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "bench/README.md",
        *sorted((ROOT / "docs").glob("*.md")),
    ]


def stands(dotted: str) -> bool:
    """Whether a dotted name is a module of the house, or something that a module has."""
    parts = dotted.removeprefix("datong.").split(".")
    for prefix in ("datong", "datong.surfaces", "datong.commerce", "datong.consumer", "datong.platform", ""):
        for cut in range(len(parts), 0, -1):
            try:
                found = importlib.import_module(".".join(filter(None, [prefix, *parts[:cut]])))
            except ImportError:
                continue
            rest = parts[cut:]
            if not rest or (len(rest) == 1 and hasattr(found, rest[0])):
                return True
    return False


def missing(text: str, files: list[str], parameters: set[str], commands: set[str]) -> list[str]:
    """The names in a text that nothing answers to."""
    wrong = [f"./datong {each}" for each in COMMAND.findall(text) if each not in commands]
    for quoted in re.findall(r"`([^`\n]+)`", text):
        if quoted in FOREIGN or "FILE" in quoted:
            continue
        if FILE.match(quoted):
            pattern = re.escape(quoted).replace(r"\*", r"[^/]*")
            wanted = re.compile(rf"(^|/){pattern}" + ("" if quoted.endswith("/") else "(/|$)"))
            if not any(wanted.search(path) for path in files):
                wrong.append(quoted)
        elif NAME.match(quoted) and quoted not in parameters and not stands(quoted):
            wrong.append(quoted)
    return wrong


def known() -> tuple[list[str], set[str], set[str]]:
    """The files of the repository, the parameters of the house, the commands."""
    said = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - the git that made the checkout
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    commands = {path.stem.replace("_", "-") for path in (ROOT / "src/datong/runtime/commands").glob("*.py")}
    return said.stdout.splitlines(), set(find_house().parameters), commands


def test_documents_name_what_exists() -> None:
    files, parameters, commands = known()
    wrong = [
        f"{path.relative_to(ROOT)}: {each}"
        for path in documents()
        for each in missing(path.read_text(), files, parameters, commands)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_name_that_nothing_answers_to_is_found() -> None:
    files, parameters, commands = known()
    text = "`order.place_purchase` `pricing.layers` `docs/rooms.md` `kernel.outbox.horizon` ./datong audit\n"
    assert missing(text, files, parameters, commands) == []
    text = "`order.placing` `pricing.levels` `docs/room.md` `kernel.outbox.skyline` ./datong dead-letters\n"
    assert len(missing(text, files, parameters, commands)) == 5
