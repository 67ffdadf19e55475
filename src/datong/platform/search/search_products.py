"""Finding: a query, by what it is narrowed, and in which order, become a page of results with facets and reasons.

The engine is asked while no connection to the database is held. In the order of relevance a window of a few hundred
candidates is ranked as a whole and paged through; then comes the next window.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from datong.adapters.engine import Among, Answer, Ask, Engine, EngineDown, Found, Match, Node, Range
from datong.commerce.rulebook import get_rules
from datong.commerce.storefront import get_storefronts
from datong.kernel.cache import CachedTable
from datong.kernel.paging import clamp_limit, decode_cursor, encode_cursor
from datong.kernel.refusal import Conflict
from datong.kernel.tx import Db
from datong.platform.search.documents import Listing, read_listing, sort_key
from datong.platform.search.facets import Chosen, Facet, counts_of, read_facets
from datong.platform.search.index_builds import IndexState, list_indexes, read_query_later
from datong.platform.search.parameters import ACCESSORIES, NEW_SHOP_DAYS, NEW_SHOP_SHARE, SYNONYMS, WEIGHTS
from datong.platform.search.penalties import Penalty, penalties_in_force
from datong.platform.search.query_plan import Meant, Plan, make_plan
from datong.platform.search.query_understanding import Query, Synonyms
from datong.platform.search.ranking import Around, Ranked, rank
from datong.platform.search.relevance import USUAL, Asked
from datong.platform.search.shop_signals import get_standings, young
from datong.platform.search.vocabulary import correct_spelling
from datong.platform.search.words import stem

Order = Literal["relevance", "sales", "newest", "price_up", "price_down"]
SORTED: dict[str, tuple[str, bool]] = {
    "sales": ("by_sales", False),
    "newest": ("by_age", False),
    "price_up": ("by_price", True),
    "price_down": ("by_price", False),
}
WINDOW = 200
HOUR = 3600
"""Freshness goes on by the hour, so that the order stands still while someone turns pages."""
MAX_WINDOWS = 10
PREDICTING = 50
PREDICTED_SHARE = 0.5


class SearchNotReady(Conflict):
    """The index is being made for the first time."""

    code = "search.not_ready"


class Results(msgspec.Struct, frozen=True):
    """A page of results. `is_estimated`: counts are from a sample.

    `predicted`: the category most of the best are of.
    """

    query: Query
    plan: Plan
    ranked: list[Ranked]
    next_cursor: str
    total: int
    is_estimated: bool
    facets: list[Facet]
    predicted: int


class Context(msgspec.Struct, frozen=True):
    """What every search goes by, read before the engine is asked."""

    index: IndexState
    synonyms: Synonyms
    accessories: frozenset[str]
    around: Around
    penalties: list[Penalty]
    hidden_stores: tuple[str, ...] = ()
    """Storefronts that are drafted or closed."""

    def must_not(self) -> tuple[Node, ...]:
        """What is not shown at all."""
        shops = tuple(str(each.subject_id) for each in self.penalties if not each.factor and each.subject == "shop")
        products = [each.subject_id for each in self.penalties if not each.factor and each.subject == "product"]
        hidden: list[Node] = [Among("shop", shops)] if shops else []
        hidden += [Among("store", self.hidden_stores)] if self.hidden_stores else []
        return (*hidden, *(Range("by_age", each, each) for each in products))


INDEXES = CachedTable(list_indexes, max_age=1.0)


class _Words:
    """Synonyms and accessories of a version of the rulebook, made ready once."""

    def __init__(self) -> None:
        self._of: tuple[object, object] = (None, None)
        self.synonyms, self.accessories = Synonyms([]), frozenset[str]()

    def of(self, synonyms: list[list[str]], accessories: list[str]) -> "_Words":
        """Those of these values."""
        if self._of != (synonyms, accessories):
            self.synonyms, self.accessories = Synonyms(synonyms), frozenset(stem(each) for each in accessories)
        self._of = (synonyms, accessories)
        return self


async def read_context(db: Db) -> Context:
    """What a search goes by now; refuses `SearchNotReady` before there is an index."""
    async with db.read() as tx:
        index = read_query_later(await INDEXES.get(tx))
        if index is None:
            INDEXES.forget()
            raise SearchNotReady
        rules = await get_rules(tx)
        penalties = await penalties_in_force(tx)
        words = db.keep("search.words", _Words).of(rules.value(SYNONYMS, tx.now), rules.value(ACCESSORIES, tx.now))
        around = Around(
            rules.value(WEIGHTS, tx.now), int(tx.now.timestamp()) // HOUR * HOUR,
            penalties={each.subject_id: each.factor for each in penalties if each.factor},
            new_share=rules.value(NEW_SHOP_SHARE, tx.now),
        )  # fmt: skip
        hidden = tuple(map(str, (await get_storefronts(tx)).hidden_ids))
    return Context(index, words.synonyms, words.accessories, around, penalties, hidden)


async def find_products(
    db: Db,
    engine: Engine,
    query: Query,
    chosen: Chosen,
    order: Order = "relevance",
    cursor: str = "",
    limit: int = 20,
) -> Results:
    """A page of what answers a query; refuses `SearchNotReady`, `Invalid`, and `EngineDown` of the engine."""
    clamp_limit(limit)
    try:
        return await _find(db, engine, query, chosen, (order, cursor, limit))
    except EngineDown:
        INDEXES.forget()  # it may be another one by now
        raise


async def _find(db: Db, engine: Engine, query: Query, chosen: Chosen, how: tuple[Order, str, int]) -> Results:
    order, cursor, limit = how
    context = await read_context(db)

    async def correct(words: Sequence[str]) -> dict[str, Meant]:
        async with db.read() as tx:
            return await correct_spelling(tx, words)

    plan = await make_plan(engine, context.index.name, query, context.synonyms, correct)
    filters, must_not = chosen.filters(), context.must_not()
    matching = Match((plan.counting, *filters.values()), must_not=must_not)
    if order == "relevance":
        ask = _window(Match((plan.finding, *filters.values()), must_not=must_not), cursor)
    else:
        ask = _stretch(matching, *SORTED[order], cursor, limit)
    if not cursor:
        counts = counts_of(Match((plan.counting,), must_not=must_not), filters)
        ask = msgspec.structs.replace(ask, counts=counts, matching=matching)
    answer = Answer(engine, context.index.name, ask)
    try:  # the engine counts while the results are ranked
        found = await answer.hits()
        if order == "relevance":
            ranked, next_cursor = await _rank_page(db, context, plan, found, cursor, limit)
        else:
            found, ranked, next_cursor = _sorted_page(context, plan, found, ask.order, cursor, limit)
        counted = await answer.whole()
    finally:
        answer.drop()
    predicted = _predict(ranked) if plan.query.words else 0
    facets: list[Facet] = []
    if not cursor:
        async with db.read() as tx:
            facets = await read_facets(tx, counted, chosen, plan.query.words, predicted)
    return Results(query, plan, ranked, next_cursor, found.total, counted.is_estimated, facets, predicted)


def _read_window(cursor: str) -> tuple[int, int, int]:
    """Which window a page is of, the product that the last page ended with, and the place after it."""
    window, after_id, place = decode_cursor(cursor, (0, 0, 0))
    return min(max(window, 0), MAX_WINDOWS - 1), after_id, max(place, 0)


def _window(node: Node, cursor: str) -> Ask:
    """The candidates of a page in the order of relevance."""
    return Ask(node, limit=WINDOW, offset=_read_window(cursor)[0] * WINDOW)


async def _rank_page(
    db: Db, context: Context, plan: Plan, found: Found, cursor: str, limit: int
) -> tuple[list[Ranked], str]:
    """One page of a ranked window: what follows the product the last page ended with, or its place if it is gone."""
    window, after_id, place = _read_window(cursor)
    listings = [read_listing(each.body) for each in found.hits]
    ranked = rank(listings, _asked(context, plan), await _around(db, context, listings))
    start = next((at for at, each in enumerate(ranked, 1) if each.listing.product_id == after_id), place)
    page, rest = ranked[start : start + limit], ranked[start + limit :]
    if rest:
        return page, encode_cursor((window, page[-1].listing.product_id, start + limit))
    has_more = found.total > (window + 1) * WINDOW and window + 1 < MAX_WINDOWS
    return page, encode_cursor((window + 1, 0, 0)) if has_more else ""


def _stretch(node: Node, number: str, is_rising: bool, cursor: str, limit: int) -> Ask:  # noqa: FBT001 - as in `SORTED`
    """The next ones in the order of a number, from where the last page ended, and one to see whether there are more."""
    key, _, _ = decode_cursor(cursor, (-1, 0, 0))
    if cursor:
        node = Match((node, Range(number, key, None) if is_rising else Range(number, None, key)))
    return Ask(node, limit + 2, order=number, is_rising=is_rising)


def _sorted_page(
    context: Context, plan: Plan, found: Found, number: str, cursor: str, limit: int
) -> tuple[Found, list[Ranked], str]:
    """One page in the order of a number; the total is the first page's."""
    _, last_id, total = decode_cursor(cursor, (-1, 0, 0))
    found = msgspec.structs.replace(found, total=total) if cursor else found
    listings = [each for each in (read_listing(hit.body) for hit in found.hits) if each.product_id != last_id]
    asked = _asked(context, plan)
    page = [rank([each], asked, context.around)[0] for each in listings[:limit]]
    if len(listings) <= limit:
        return found, page, ""
    last = listings[limit - 1]
    return found, page, encode_cursor((_key_of(last, number), last.product_id, found.total))


def _key_of(listing: Listing, order: str) -> int:
    if order == "by_age":
        return listing.product_id
    return sort_key(listing.price if order == "by_price" else listing.sold, listing.product_id)


def _asked(context: Context, plan: Plan) -> Asked:
    products = max(context.index.products, 1)
    usual = (
        {field: max(0.1, context.index.lengths.get(field, 0) / products) for field in USUAL}
        if context.index.lengths
        else USUAL
    )
    return Asked(plan.query.words, plan.variants, plan.idf, context.accessories, usual)


async def _around(db: Db, context: Context, listings: Sequence[Listing]) -> Around:
    """What is known of the candidates' shops."""
    async with db.read() as tx:
        standings = await get_standings(tx, {each.shop_id for each in listings if each.shop_id})
        days = (await get_rules(tx)).value(NEW_SHOP_DAYS, tx.now)
        now = tx.now.timestamp()
    return msgspec.structs.replace(
        context.around,
        experience={shop_id: each.experience for shop_id, each in standings.items()},
        new_shops=young(standings, now, days),
    )


def _predict(ranked: Sequence[Ranked]) -> int:
    """The category that at least half of the best results are of; 0 if there is none."""
    best = [each for each in ranked[:PREDICTING] if each.score.tier == 0]
    weights: dict[int, float] = {}
    for each in best:
        weights[each.listing.category_id] = weights.get(each.listing.category_id, 0.0) + each.score.relevance
    total = sum(weights.values())
    found = max(weights, key=lambda each: weights[each], default=0)
    return found if total and weights[found] >= PREDICTED_SHARE * total else 0
