"""How a foreign catalogue maps to ours: a TOML file that names columns, rates, categories and shops.

| table | says |
|---|---|
| recognise | columns by which a file is known to be of this kind |
| source | who made the data, in words |
| currency, price_rate | one unit of the price column is so many minor units of the currency |
| stock | first stock of every SKU (a column's name, or a number) |
| columns | outer_id, brand, price, picture; titles and descriptions by language |
| attributes | columns that become attributes of the category: names, kind, unit, factor |
| spec_prefixes | columns that come along as plain specifications |
| categories | in order: reference, names, vertical, a pattern on the title; the last one takes the rest |
| shops | who sells: storefront, kind, names, and for brand shops their brands |
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

BUILT_IN = Path(__file__).parent / "mappings"


class MappingWrong(Exception):  # noqa: N818 - what is wrong
    """The mapping cannot be used; the text says why."""


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which columns hold what."""

    outer_id: str
    price: str
    titles: dict[str, str]
    brand: str = ""
    picture: str = ""
    descriptions: dict[str, str] = {}
    category: str = ""


class MappedAttribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column that becomes an attribute."""

    ref: str
    names: dict[str, str]
    kind: str = "text"
    unit: str = ""


class MappedCategory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category and which titles belong to it; an empty pattern takes all."""

    ref: str
    names: dict[str, str]
    pattern: str = ""


class MappedShop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shop of the import. Its brands are all its own; a shop without brands takes a share of the rest."""

    storefront: str
    kind: str
    slug: str
    names: dict[str, str]
    brands: list[str] = []
    ships_from: str = "44"
    mark: str = "R"


class CatalogMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole mapping."""

    source: str
    vertical: str
    price_rate: str
    root: MappedCategory
    columns: Columns
    categories: list[MappedCategory]
    shops: list[MappedShop]
    recognise: list[str] = []
    stock: int | str = 100
    attributes: dict[str, MappedAttribute] = {}
    spec_prefixes: list[str] = []


def read_mapping(path: Path) -> CatalogMapping:
    """Read a mapping file; refuses `MappingWrong` naming what is wrong."""
    try:
        with path.open("rb") as file:
            return msgspec.convert(tomllib.load(file), CatalogMapping)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"mapping {path}: {error}"
        raise MappingWrong(msg) from None


def find_mapping(columns: Mapping[str, object]) -> CatalogMapping:
    """The built-in mapping that recognises these columns."""
    for path in sorted(BUILT_IN.glob("*.toml")):
        mapping = read_mapping(path)
        if mapping.recognise and set(mapping.recognise) <= set(columns):
            return mapping
    msg = "no built-in mapping knows these columns; write one and name it with --mapping (docs/importing.md)"
    raise MappingWrong(msg)


@lru_cache(maxsize=256)
def pattern_of(text: str) -> re.Pattern[str]:
    """A category's pattern, compiled once."""
    return re.compile(text, re.IGNORECASE)


def category_for(mapping: CatalogMapping, title: str) -> MappedCategory:
    """The first category whose pattern is in the title."""
    for category in mapping.categories:
        if not category.pattern or pattern_of(category.pattern).search(title):
            return category
    return mapping.categories[-1]
