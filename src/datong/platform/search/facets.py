"""Facets: by what results can be narrowed, with counts. Pure but for names, which the catalogue knows.

A facet that is chosen from is counted as if nothing of it were chosen, so that one can change one's mind.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from datong.adapters.engine import Among, Count, Found, Match, Node, Range
from datong.commerce import catalog
from datong.commerce.member import REGIONS
from datong.commerce.storefront import get_storefronts
from datong.kernel.tx import Tx
from datong.platform.search.words import ask_words

BOUNDS = (0, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
"""Prices at which a band may begin, in minor units."""
MAX_BANDS = 5
MAX_OPTIONS = 12
MAX_ATTRIBUTES = 6
MAX_CHOSEN = 20
CATEGORIES_COUNTED = 300
CHOICES_COUNTED = 80


class Chosen(msgspec.Struct, frozen=True):
    """By what results are narrowed. `choices` are `attribute:value` codes; prices in minor units, 0: no bound."""

    storefronts: tuple[int, ...] = ()
    category_id: int = 0
    brands: tuple[int, ...] = ()
    choices: tuple[str, ...] = ()
    shop_id: int = 0
    price_from: int = 0
    price_to: int = 0
    ships_from: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def filters(self) -> dict[str, Node]:
        """The conditions, each under the name of its facet; each attribute is one of its own."""
        found: dict[str, Node] = {}
        codes = {
            "store": tuple(map(str, self.storefronts)),
            "category": (str(self.category_id),) if self.category_id else (),
            "brand": tuple(map(str, self.brands)),
            "shop": (str(self.shop_id),) if self.shop_id else (),
            "ships_from": self.ships_from,
        }
        for name, values in codes.items():
            if values:
                found[name] = Among("brand_id" if name == "brand" else name, values[:MAX_CHOSEN])
        if self.price_from or self.price_to:
            found["price"] = Range("price", self.price_from or None, self.price_to or None)
        for service in self.services[:MAX_CHOSEN]:
            found[f"service {service}"] = Among("service", (service,))
        attributes: dict[str, list[str]] = {}
        for code in self.choices[:MAX_CHOSEN]:
            attributes.setdefault(code.partition(":")[0], []).append(code)
        for attribute_id, chosen in attributes.items():
            found[f"choice {attribute_id}"] = Among("choice", tuple(chosen))
        return found


class Option(msgspec.Struct, frozen=True):
    """One way to narrow: its code, its names, how many remain."""

    code: str
    names: dict[str, str]
    count: int
    is_chosen: bool = False
    is_named: bool = False
    """The query says it itself."""


class Facet(msgspec.Struct, frozen=True):
    """A group of options; `names` are an attribute's own, empty for the others, which the surface names."""

    kind: str
    """store, category, brand, choice, price, ships_from or service."""
    options: list[Option]
    names: dict[str, str] = {}
    code: str = ""


def counts_of(node: Node, filters: Mapping[str, Node]) -> tuple[Count, ...]:
    """What the engine has to count; an attribute's chosen values do not narrow the others of it."""

    def without(name: str) -> Node | None:
        if name not in filters:
            return None
        return Match((node, *(each for own, each in filters.items() if own != name)))

    counts = [
        Count("store", "store", 10, query=without("store")),
        Count("category", "category", CATEGORIES_COUNTED, query=without("category")),
        Count("brand", "brand_id", MAX_OPTIONS, query=without("brand")),
        Count("choice", "choice", CHOICES_COUNTED),
        Count("price", "price", bounds=BOUNDS, query=without("price")),
        Count("ships_from", "ships_from", MAX_OPTIONS, query=without("ships_from")),
        Count("service", "service", 10),
    ]
    chosen = [name for name in filters if name.startswith("choice ")][:3]
    counts += [Count(name, "choice", CHOICES_COUNTED, query=without(name)) for name in chosen]
    return tuple(counts)


def bands(counts: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """A few price bands (from, to or 0, how many) of about equally many goods each."""
    found = sorted((int(low), count) for low, count in counts.items())
    total = sum(count for _, count in found)
    made: list[tuple[int, int, int]] = []
    least = max(1, total // MAX_BANDS)
    for place, (low, count) in enumerate(found):
        high = found[place + 1][0] if place + 1 < len(found) else 0
        if made and (made[-1][2] < least or (high == 0 and count < least // 2)):
            made[-1] = (made[-1][0], high, made[-1][2] + count)
        else:
            made.append((low, high, count))
    return made if len(made) > 1 else []


async def read_facets(tx: Tx, found: Found, chosen: Chosen, words: Sequence[str], predicted: int) -> list[Facet]:
    """The facets of an answer; those that leave no choice are left out. Attributes belong to one category."""
    book = await catalog.get_category_book(tx)
    counts = found.counts
    brands = await catalog.get_brands(tx, [int(each) for each in counts.get("brand", {})])
    store_names = {str(each.storefront_id): each.names for each in (await get_storefronts(tx)).all}
    brand_names = {str(each.brand_id): each.names for each in brands.values()}
    stores, named = [str(each) for each in chosen.storefronts], [str(each) for each in chosen.brands]
    facets = [
        _plain("store", counts, store_names, stores),
        _categories(book, counts.get("category", {}), chosen.category_id),
        _plain("brand", counts, brand_names, named, words),
        *(await _attributes(tx, counts, chosen) if chosen.category_id or predicted else []),
        _prices(counts.get("price", {}), chosen),
        _plain("ships_from", counts, REGIONS, chosen.ships_from),
        _plain("service", counts, None, chosen.services),
    ]
    return [each for each in facets if len(each.options) > 1 or any(option.is_chosen for option in each.options)]


def _plain(
    kind: str,
    counts: Mapping[str, Mapping[str, int]],
    names: Mapping[str, dict[str, str]] | None,
    chosen: Sequence[str],
    words: Sequence[str] = (),
) -> Facet:
    """Options by count; those without a name are left out, where there are names."""
    options = [
        Option(
            code,
            names[code] if names else {},
            count,
            code in chosen,
            names is not None and _is_said(names[code], words),
        )
        for code, count in sorted(counts.get(kind, {}).items(), key=lambda each: (-each[1], each[0]))
        if names is None or code in names
    ]
    return Facet(kind, options[:MAX_OPTIONS])


def _is_said(names: Mapping[str, str], words: Sequence[str]) -> bool:
    """Whether the query has all words of one of these names."""
    return any(said and said.issubset(words) for said in map(_words_of, names.values()))


@lru_cache(maxsize=50_000)
def _words_of(name: str) -> frozenset[str]:
    return frozenset(ask_words(name))


def _categories(book: catalog.CategoryBook, counts: Mapping[str, int], chosen: int) -> Facet:
    """Below a chosen category its children, else the leaves with the most results."""
    known = {int(code): count for code, count in counts.items() if int(code) in book.by_id}
    if chosen:
        shown = [each for each in book.children(chosen) if each.category_id in known]
        shown = shown or [book.by_id[chosen]] if chosen in book.by_id else shown
    else:
        shown = [book.by_id[each] for each in known if book.by_id[each].is_leaf]
    options = [
        Option(str(each.category_id), each.names, known.get(each.category_id, 0), each.category_id == chosen)
        for each in shown
    ]
    options.sort(key=lambda each: (-each.count, each.code))
    return Facet("category", options[:MAX_OPTIONS])


async def _attributes(tx: Tx, counts: Mapping[str, Mapping[str, int]], chosen: Chosen) -> list[Facet]:
    """The attributes that say most, each with its commonest values."""
    by_attribute: dict[int, dict[str, int]] = {}
    for name, found in counts.items():
        own = int(name.partition(" ")[2]) if name.startswith("choice ") else 0
        for code, count in found.items() if name == "choice" or own else ():
            attribute_id = int(code.partition(":")[0])
            if own in {0, attribute_id} and (own or f"choice {attribute_id}" not in counts):
                by_attribute.setdefault(attribute_id, {})[code] = count
    order = sorted(by_attribute, key=lambda each: -sum(by_attribute[each].values()))[:MAX_ATTRIBUTES]
    attributes = await catalog.get_attributes(tx, order)
    parts = [code.partition(":")[2] for each in order for code in by_attribute[each]]
    values = await catalog.get_attribute_values(tx, [int(each) for each in parts if each.isdigit()])
    facets: list[Facet] = []
    for attribute_id in order:
        if attribute_id not in attributes:
            continue
        bound = attributes[attribute_id]
        options = [
            Option(code, names, count, code in chosen.choices)
            for code, count in sorted(by_attribute[attribute_id].items(), key=lambda each: (-each[1], each[0]))
            if (names := _value_names(code.partition(":")[2], bound, values))
        ]
        facets.append(Facet("choice", options[:MAX_OPTIONS], bound.names, str(attribute_id)))
    return facets


def _value_names(part: str, bound: catalog.Attribute, values: Mapping[int, catalog.AttributeValue]) -> dict[str, str]:
    if part.isdigit():
        return values[int(part)].names if int(part) in values else {}
    if bound.kind == "flag":
        return {"en": "yes", "zh": "是"} if part == "=yes" else {"en": "no", "zh": "否"}
    text = f"{part.removeprefix('=')} {bound.unit}".strip()
    return {"en": text}


def _prices(counts: Mapping[str, int], chosen: Chosen) -> Facet:
    options = [
        Option(f"{low}-{high}", {}, count, (low, high) == (chosen.price_from, chosen.price_to))
        for low, high, count in bands(counts)
    ]
    return Facet("price", options)
