"""The plan of the house: doors, sizes, words, and that a brand is data."""

import ast
import gc
import re
from collections.abc import Iterator

import pytest

from datong.kernel.refusal import Refusal
from datong.wiring import find_house, find_windows
from tests.house.rooms import ROOT, SOURCE, WIRING, modules, room_of

MAX_LINES = 400
MAX_FUNCTION = 60
TOO_LONG: set[str] = set()
"""Exceptions; this list only shrinks."""


@pytest.fixture(autouse=True)
def undisturbed() -> Iterator[None]:
    """No garbage is collected while code is parsed: that of Python 3.11 loses count when it is (CPython gh-106905)."""
    gc.disable()
    yield
    gc.enable()


def _python_files() -> list[str]:
    return [str(path.relative_to(ROOT)) for folder in (SOURCE, ROOT / "tests") for path in folder.rglob("*.py")]


def test_files_and_functions_stay_small() -> None:
    wrong: list[str] = []
    for name in _python_files():
        text = (ROOT / name).read_text()
        if text.count("\n") > MAX_LINES and name not in TOO_LONG:
            wrong.append(f"{name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > MAX_FUNCTION:
                    wrong.append(f"{name}: {node.name} has {length} lines")
    assert wrong == []


def test_a_room_is_entered_by_its_door() -> None:
    wrong: list[str] = []
    for path in SOURCE.rglob("*.py"):
        module = "datong." + ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        if module.split(".")[1] in {"wiring", "schema"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            target = node.module if isinstance(node, ast.ImportFrom) and node.module else ""
            inner = re.match(r"datong\.(commerce|consumer|platform)\.\w+\.\w+", target)
            if inner and room_of(target) != room_of(module):
                wrong.append(f"{module} climbs into {target}")
    assert wrong == []


def test_nothing_but_wiring_imports_wiring() -> None:
    wrong: list[str] = []
    for path in SOURCE.rglob("*.py"):
        top = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if top in WIRING | {"runtime"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            target = node.module if isinstance(node, ast.ImportFrom) and node.module else ""
            if target.startswith("datong.") and target.split(".")[1] in WIRING:
                wrong.append(f"{path.name} imports {target}")
    assert wrong == []


def test_no_room_is_named_for_nothing() -> None:
    banned = {"service.py", "repository.py", "schemas.py", "utils.py", "helpers.py", "base.py", "models.py"}
    assert [path.name for path in SOURCE.rglob("*.py") if path.name in banned] == []


def test_a_brand_is_data() -> None:
    wrong = [
        str(path.relative_to(SOURCE))
        for wing in ("commerce", "consumer", "platform")
        for path in (SOURCE / wing).rglob("*.py")
        if re.search(r"""(storefront|brand)\w*(\.code)?\s*(==|!=|in)\s*["'(\[{]""", path.read_text())
    ]
    assert wrong == []


def test_every_door_says_what_it_owns() -> None:
    for room in sorted(each for wing in ("commerce", "consumer", "platform") for each in (SOURCE / wing).iterdir()):
        door = room / "__init__.py"
        if room.is_dir() and door.exists():
            words = ast.get_docstring(ast.parse(door.read_text())) or ""
            assert "Owns" in words, room.name
            assert "Calls" in words, room.name
            assert "ells" in words, room.name


def _all_refusals(kind: type[Refusal]) -> set[type[Refusal]]:
    return {kind} | {each for child in kind.__subclasses__() for each in _all_refusals(child)}


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    list(modules())
    kinds = [kind for kind in _all_refusals(Refusal) if kind.__module__.startswith("datong.")]
    codes = [kind.code for kind in kinds]
    assert sorted(codes) == sorted(set(codes)), "two refusals share a code"
    assert set(codes) - find_windows(find_house()).refusals.keys() == set()
