"""What the search page and the search call share: reading what is asked, asking it, noting it."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

import msgspec

from datong.commerce import catalog
from datong.commerce.storefront import get_storefronts
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.tx import Db, Tx
from datong.platform import search
from datong.platform.search import Action, Chosen, Facet, Order, Query, Ranked, Results
from datong.surfaces.request_context import (
    AnyRequest,
    adapters_of,
    client_address,
    db_of,
    read_id,
    settings_of,
    token_of,
)
from datong.surfaces.search.labels import SHOWN_ORDERS

MAX_PARTS = 20
MAX_CODE = 80


class Asked(msgspec.Struct, frozen=True):
    """What is asked: the query, by what it is narrowed, in which order, from where on."""

    query: Query
    chosen: Chosen
    order: Order = "relevance"
    cursor: str = ""
    limit: int = 20


class Answered(msgspec.Struct, frozen=True):
    """Results with the cards of their products, in their places from 1 on; `query_id` links what comes of it."""

    results: Results
    places: list[tuple[Ranked, catalog.Card]]
    query_id: int


def client_of(request: AnyRequest) -> str:
    """A hash by which notes of one client belong together for a day, and by which nobody is found."""
    who = token_of(request) or client_address(request) + request.headers.get("user-agent", "")
    day = f"{db_of(request).now():%Y-%m-%d}"
    key = settings_of(request).secret.encode()
    return hmac.new(key, f"client:{day}:{who}".encode(), hashlib.sha256).hexdigest()[:16]


def read_order(text: str) -> Order:
    """One of the five orders; refuses `Invalid`."""
    if text not in SHOWN_ORDERS:
        raise Invalid("order", ", ".join(SHOWN_ORDERS))
    return text  # type: ignore[return-value]  # it is one of them


async def read_chosen(
    tx: Tx, store: str, category: str, brands: Sequence[str], choices: Sequence[str], price: tuple[int, int],
    places: tuple[Sequence[str], Sequence[str]],
) -> Chosen:  # fmt: skip
    """By what is narrowed, as texts; `places` are regions it ships from, and services. Refuses what cannot be."""
    ships_from, services = places
    for name, parts in (("brand", brands), ("choice", choices), ("ships_from", ships_from), ("service", services)):
        if len(parts) > MAX_PARTS or any(len(part) > MAX_CODE for part in parts):
            raise Invalid(name, f"at most {MAX_PARTS}")
    if any(not code.partition(":")[0].isdecimal() or not code.partition(":")[2] for code in choices):
        raise Invalid("choice", "attribute:value")
    if price[0] < 0 or price[1] < 0 or (price[1] and price[0] > price[1]):
        raise Invalid("price", "from the lower to the higher")
    return Chosen(
        ((await get_storefronts(tx)).get_by_code(store).storefront_id,) if store else (),
        read_id(category, "category") if category not in {"", "0"} else 0,
        tuple(read_id(each, "brand") for each in brands),
        tuple(choices), 0, price[0], price[1], tuple(ships_from), tuple(services),
    )  # fmt: skip


async def run_search(request: AnyRequest, actor: Actor, asked: Asked, client: str) -> Answered:
    """Ask, read the cards, note what was shown; on a first page the query goes into its asker's own history."""
    db: Db = db_of(request)
    results = await search.find_products(
        db, adapters_of(request).engine, asked.query, asked.chosen, asked.order, asked.cursor, asked.limit
    )
    ids = [each.listing.product_id for each in results.ranked]
    async with db.read() as tx:
        cards = {card.product_id: card for card in await catalog.get_cards(tx, ids)}
    places = [(each, cards[each.listing.product_id]) for each in results.ranked if each.listing.product_id in cards]
    shown = [card.product_id for _, card in places]
    attributes = {
        "order": asked.order,
        "is_first_page": not asked.cursor,
        "filters": sorted(asked.chosen.filters()),
        "corrected": sorted(results.plan.corrected.values()),
        "left_out": list(results.plan.left_out),
    }
    query_id = await search.note_query(db, asked.query, client, attributes, results.total, shown)
    if actor.id and asked.query.words and not asked.cursor and asked.chosen == Chosen():
        await search.remember(db, actor, asked.query)
    return Answered(results, places, query_id)


def read_found_by(given: Mapping[str, str]) -> tuple[int, int] | None:
    """The query that led here and the place it showed this in, from an address or a form; what is none is none."""
    place = given.get("at", "")
    if not place.isascii() or not place.isdigit() or len(place) > 5:  # noqa: PLR2004 - more digits than any place has
        return None
    try:
        return read_id(given.get("sq", ""), "query"), int(place)
    except NotFound:
        return None


async def note_action(
    request: AnyRequest,
    actor: Actor,
    action: Action,
    found_by: tuple[int, int] | None,
    product_id: int,
) -> None:
    """Note what someone did with a product that a query had shown; nothing without a query."""
    if found_by:
        await search.note_event(db_of(request), actor, client_of(request), action, found_by[0], product_id, found_by[1])


def facet_named(facets: Sequence[Facet], kind: str) -> Facet | None:
    """The facet of a kind, if the answer has one."""
    return next((each for each in facets if each.kind == kind), None)
