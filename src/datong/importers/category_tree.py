"""Importing a category tree in the form of the standard product taxonomy: text files by language, attributes in YAML.

A folder holds `<language>.categories.txt` ("GID : path"), `<language>.attributes.txt`,
`<language>.attribute_values.txt` (gzipped or not), `attributes.yml`, and files that bind attributes to categories.
Languages: en, zh-CN.
"""

import gzip
import re
from pathlib import Path

import msgspec
import yaml

from datong.commerce import catalog
from datong.importers.progress import Progress
from datong.kernel.actor import SYSTEM
from datong.kernel.refusal import Refusal
from datong.kernel.tx import Db
from datong.runtime.bootstrap import open_brands
from datong.runtime.supervisor import say
from datong.runtime.verticals import save_default_verticals

LANGUAGES = {"en": "en", "zh-CN": "zh"}
_LINE = re.compile(r"gid://\w+/\w+/(\S+)\s*:\s*(.+)")
_VALUE = re.compile(r"(.+?)\s*\[.+\]")
VERTICAL_OF = {
    "aa": "apparel", "ae": "books", "ap": "pets-flowers", "bi": "household", "bt": "mother-baby", "bu": "household",
    "co": "electronics", "el": "electronics", "fb": "fresh", "fr": "home", "gc": "services", "ha": "home",
    "hb": "beauty", "hg": "home", "lb": "shoes-bags", "ma": "health", "me": "books", "na": "household",
    "os": "household", "pa": "household", "rc": "household", "se": "services", "sg": "sports", "so": "services",
    "tg": "toys", "vp": "auto",
}  # fmt: skip
"""The vertical of each root of the taxonomy; DESIGN."""
OTHER = "household"
SALE_ATTRIBUTES = frozenset({"color", "size", "shoe-size", "accessory-size"})


class TaxonomyWrong(Exception):  # noqa: N818 - what is wrong
    """The folder holds no taxonomy; the text says what is missing."""


class Names(msgspec.Struct, frozen=True):
    """Names by language, by what follows the last slash of the GID."""

    by_ref: dict[str, dict[str, str]]


def _text(folder: Path, name: str) -> str:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            return raw.decode("utf-8")
    msg = f"{folder} has no {name}"
    raise TaxonomyWrong(msg)


def read_names(folder: Path, kind: str) -> Names:
    """The names of categories, attributes or values in every language."""
    found: dict[str, dict[str, str]] = {}
    for suffix, language in LANGUAGES.items():
        for line in _text(folder, f"{suffix}.{kind}.txt").splitlines():
            match = _LINE.match(line)
            if match:
                found.setdefault(match[1], {})[language] = match[2].strip()
    return Names(found)


def categories_of(folder: Path) -> list[catalog.CategoryDraft]:
    """The tree, parents before children; a category's name is the last part of its path."""
    drafts: list[catalog.CategoryDraft] = []
    names = read_names(folder, "categories").by_ref
    for ref in sorted(names, key=lambda each: (each.count("-"), each)):
        parent = ref.rpartition("-")[0]
        own = {language: path.split(" > ")[-1] for language, path in names[ref].items()}
        vertical = VERTICAL_OF.get(ref, OTHER) if not parent else ""
        drafts.append(catalog.CategoryDraft(ref, parent, own, vertical))
    return drafts


def attributes_of(folder: Path) -> tuple[list[catalog.AttributeDraft], dict[str, str]]:
    """Attributes with their values, and their reference by the name that bindings use."""
    names = read_names(folder, "attributes").by_ref
    values = _values_by_attribute(folder)
    raw = yaml.load(_text(folder, "attributes.yml"), Loader=yaml.CSafeLoader)
    by_friendly: dict[str, dict[str, object]] = {each["friendly_id"]: each for each in raw["base_attributes"]}
    drafts: list[catalog.AttributeDraft] = []
    refs: dict[str, str] = {}
    for each in raw["base_attributes"]:
        own = names.get(str(each["id"]), {"en": each["name"]})
        refs[each["friendly_id"]] = str(each["handle"])
        drafts.append(catalog.AttributeDraft(str(each["handle"]), own, "choice", values=values.get(each["name"], {})))
    for each in raw.get("extended_attributes", []):
        base = by_friendly.get(each.get("values_from", ""), {})
        friendly, handle = str(each["friendly_id"]), str(each["handle"])
        refs[friendly] = handle
        own = {"en": str(each["name"])}
        drafts.append(catalog.AttributeDraft(handle, own, "choice", values=values.get(str(base.get("name", "")), {})))
    unique = {draft.ref: draft for draft in drafts}
    return list(unique.values()), refs


def _values_by_attribute(folder: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Values by the English name of their attribute: reference, then names by language."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for ref, texts in read_names(folder, "attribute_values").by_ref.items():
        english = texts.get("en", "")
        match = re.match(r"(.+?)\s*\[(.+)\]$", english)
        if not match:
            continue
        own = {"en": match[1]}
        chinese = _VALUE.match(texts.get("zh", ""))
        if chinese:
            own["zh"] = chinese[1]
        found.setdefault(match[2], {})[ref] = own
    return found


def bindings_of(folder: Path, refs: dict[str, str]) -> list[tuple[str, str, bool, int]]:
    """Category, attribute, makes SKUs, place: out of every file that lists categories with attributes."""
    found: list[tuple[str, str, bool, int]] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name.startswith("attributes"):
            continue
        for each in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []:
            for place, friendly in enumerate(each.get("attributes") or []):
                if friendly in refs:
                    found.append((str(each["id"]), refs[friendly], refs[friendly] in SALE_ATTRIBUTES, place))
    return found


async def import_taxonomy(db: Db, folder: Path) -> int:
    """Import a folder; answers the exit status. Importing again renames and doubles nothing."""
    try:
        drafts = categories_of(folder)
        attributes, refs = attributes_of(folder)
        bindings = bindings_of(folder, refs)
    except (TaxonomyWrong, OSError, KeyError, yaml.YAMLError) as error:
        say(f"no taxonomy: {error}")
        return 1
    await open_brands(db)
    progress = Progress("categories", len(drafts))
    try:
        async with db.begin() as tx:
            await save_default_verticals(tx)
            new = await catalog.save_categories(tx, SYSTEM, drafts)
            progress.add(len(drafts))
            kept = await catalog.save_attributes(tx, SYSTEM, attributes)
            book = await catalog.get_category_book(tx)
            await catalog.save_bindings(
                tx,
                SYSTEM,
                [
                    (book.by_ref[category].category_id, kept[attribute].attribute_id, False, False, is_sale, place)
                    for category, attribute, is_sale, place in bindings
                    if category in book.by_ref and attribute in kept
                ],
            )
    except Refusal as refusal:
        say(f"the taxonomy cannot be used here: {refusal}")
        return 1
    progress.end()
    say(f"{len(drafts)} categories ({new} new), {len(attributes)} attributes, {len(bindings)} bindings")
    return 0
