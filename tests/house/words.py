"""What each window says: every text of its labels, menu, tiles and templates."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from datong.surfaces import language, menus, refusal_texts, window

QUOTED = re.compile(r"""\b_\((["'])(.+?)\1\)""")
SAID = {"say", "translate"}


def texts_of_templates(folder: Path) -> set[str]:
    """Every text that the templates of a folder translate."""
    return {found[2] for path in folder.rglob("*.html") for found in QUOTED.finditer(path.read_text())}


def texts_of_labels(module: ModuleType) -> set[str]:
    """Every text in the module's dictionaries of texts; the names of links and of states are none."""
    kept = [
        value
        for name, value in vars(module).items()
        if isinstance(value, dict) and name.isupper() and not name.endswith(("_LINKS", "_TABS"))
    ]
    named = [vars(module).get(name, {}) for name in ("FAVOURITE_TABS", "CASE_TABS")]
    return {text for labels in (*kept, *named) for text in labels.values() if isinstance(text, str)}


def texts_of_code(paths: Iterable[Path]) -> set[str]:
    """Every literal that code hands to `say` or `translate`."""
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in SAID and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def texts_of_window(each: window.Window, labels: ModuleType | None, folder: Path) -> set[str]:
    """Everything that one window says."""
    said = {entry.label for entry in each.menu} | {label for tiles in each.tiles for label, _ in tiles.entries}
    for texts in (each.refusals, each.notices, each.timers, each.accounts, each.movements):
        said |= set(texts.values())
    said |= texts_of_labels(labels) if labels else set()
    said |= texts_of_templates(each.templates) if each.templates else set()
    return said | texts_of_code(folder.glob("*.py"))


def shared_texts(folder: Path) -> set[str]:
    """What the shared parts of the surfaces say."""
    said = set(refusal_texts.SHARED.values()) | {text for names in menus.GROUPS.values() for text in names.values()}
    return said | texts_of_templates(folder / "templates") | texts_of_code(folder.glob("*.py"))


def translations(folder: Path, code: str) -> dict[str, str]:
    """The translations in one folder."""
    return language.read_catalogues([folder])[code]
