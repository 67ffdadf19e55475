"""What each window says: every text of its labels, menu, tiles and templates."""

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from jinja2 import Environment, nodes

from bench.mutating import parse
from datong.surfaces import language, menus, refusal_texts, window

SAID = {"say": 0, "translate": 0, "_": 0, "say_count": 0, "translate_count": 0, "_n": 0, "_c": 1}
"""What translates its literal arguments, and which of them is the text."""
COUNTING = {"say_count", "translate_count", "_n"}
"""Those that are given a singular and a plural."""
JINJA = Environment(autoescape=True)


def said_by(name: str, arguments: Sequence[object]) -> set[str]:
    """The keys of the translations that a call asks for; a text that is not written out is none."""
    place = SAID.get(name)
    if place is None or len(arguments) <= place or not isinstance(text := arguments[place], str):
        return set()
    if name in COUNTING:
        return {language.count_key(text, str(arguments[1]))}
    return {language.context_key(str(arguments[0]), text)} if place else {text}


def texts_of_template(text: str) -> set[str]:
    """Every text that one template translates."""
    found: set[str] = set()
    for call in JINJA.parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name):
            arguments = [each.value if isinstance(each, nodes.Const) else None for each in call.args]
            found |= said_by(call.node.name, arguments)
    return found


def texts_of_templates(folder: Path) -> set[str]:
    """Every text that the templates of a folder translate."""
    return {text for path in folder.rglob("*.html") for text in texts_of_template(path.read_text())}


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
    """Every literal that code hands to what translates."""
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                arguments = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
                found |= said_by(name, arguments)
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
