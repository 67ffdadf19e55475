"""Entries: a product as search knows it, and the document an engine keeps of it. Pure."""

import zlib
from functools import lru_cache

import msgspec

from datong.adapters.engine import Document, Kind
from datong.platform.search.words import analyse

FIELDS: dict[str, Kind] = {
    "any": "bag",
    "title": "words",
    "points": "words",
    "brand": "words",
    "kind": "words",
    "facts": "words",
    "joined": "words",
    "signs": "words",
    "store": "code",
    "category": "code",
    "brand_id": "code",
    "shop": "code",
    "choice": "code",
    "ships_from": "code",
    "service": "code",
    "price": "number",
    "by_price": "number",
    "by_sales": "number",
    "by_age": "number",
}
SCHEMA = 3
"""Another number: the index is built anew."""
TIE_BITS = 20
_TIE = (1 << TIE_BITS) - 1
MAX_SORTED = (1 << 62 - TIE_BITS) - 1
MAX_FACT_WORDS = 120


class Entry(msgspec.Struct, frozen=True):
    """A product as search knows it: its texts (one or more a field), codes and numbers. `categories`: leaf to root."""

    product_id: int
    titles: tuple[str, ...]
    shop_id: int = 0
    storefront_id: int = 0
    categories: tuple[int, ...] = ()
    brand_id: int = 0
    points: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    ships_from: str = ""
    services: tuple[str, ...] = ()
    price: int = 0
    sold: int = 0
    published_at: int = 0
    """Unix seconds."""
    same_as: str = ""
    """What makes two offers the same product: category and key properties; empty where there are none."""
    seen: float = 0.0
    clicked: float = 0.0
    bought: float = 0.0
    """How often it was shown, looked at and bought after a search, the older the less."""


class Listing(msgspec.Struct, frozen=True, array_like=True):
    """What an engine's hit brings back for ranking. Texts are words separated by spaces, one for each language."""

    product_id: int
    shop_id: int
    storefront_id: int
    category_id: int
    brand_id: int
    titles: tuple[str, ...]
    points: tuple[str, ...]
    brand: str
    kind: str
    facts: str
    joined: str
    price: int
    sold: int
    published_at: int
    same_as: str
    seen: float
    clicked: float
    bought: float


_LISTING = msgspec.msgpack.Decoder(Listing)


def sort_key(number: int, product_id: int) -> int:
    """A number to sort by that hardly two products share: it ends with something of the product's own."""
    return (min(max(number, 0), MAX_SORTED) << TIE_BITS) | (zlib.crc32(product_id.to_bytes(8, "big")) & _TIE)


_analyse_often = lru_cache(maxsize=20_000)(analyse)
"""For texts that many products share."""


def document_of(entry: Entry) -> Document:
    """What an engine keeps of a product."""
    titles, points = analyse(entry.titles), analyse(entry.points)
    brand, kind, facts = _analyse_often(entry.brands), _analyse_often(entry.kinds), analyse(entry.facts)
    parts = (titles, points, brand, kind, facts)
    joined = " ".join(dict.fromkeys(word for part in parts for word in part.joined))
    facts_words = " ".join(facts.places[:MAX_FACT_WORDS])
    fields = (titles.places, points.places, brand.places, kind.places, facts.places[:MAX_FACT_WORDS])
    everything = dict.fromkeys(word for words in (*fields, *(part.joined for part in parts)) for word in words)
    listing = Listing(
        entry.product_id, entry.shop_id, entry.storefront_id, entry.categories[0] if entry.categories else 0,
        entry.brand_id,
        _apart(titles.places), _apart(points.places), " ".join(brand.places), " ".join(kind.places), facts_words,
        joined, entry.price, entry.sold, entry.published_at, entry.same_as, entry.seen, entry.clicked, entry.bought,
    )  # fmt: skip
    return Document(
        entry.product_id,
        {
            "any": " ".join(everything), "title": " ".join(titles.places), "points": " ".join(points.places),
            "brand": listing.brand, "kind": listing.kind, "facts": facts_words, "joined": joined,
            "signs": " | ".join(" ".join(part.signs) for part in parts[:4] if part.signs),
        },
        {
            "store": [str(entry.storefront_id)], "category": [str(each) for each in entry.categories],
            "brand_id": [str(entry.brand_id)] if entry.brand_id else [], "shop": [str(entry.shop_id)],
            "choice": list(entry.choices), "ships_from": [entry.ships_from] if entry.ships_from else [],
            "service": list(entry.services),
        },
        {
            "price": entry.price, "by_price": sort_key(entry.price, entry.product_id),
            "by_sales": sort_key(entry.sold, entry.product_id), "by_age": entry.product_id,
        },
        msgspec.msgpack.encode(listing),
    )  # fmt: skip


def read_listing(body: bytes) -> Listing:
    """What `document_of` kept for ranking."""
    return _LISTING.decode(body)


def _apart(places: list[str]) -> tuple[str, ...]:
    """The texts of a field one by one."""
    return tuple(" ".join(part.split()) for part in " ".join(places).split("|"))
