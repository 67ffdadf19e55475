"""/search: finding products by words and facets, suggestions, one's own history; and what operators do about search."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, get, post
from litestar.di import Provide
from litestar.params import Parameter

from datong.commerce import catalog
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid
from datong.kernel.tx import Tx
from datong.platform import search
from datong.platform.search import Chosen, IndexState, Order, Ranked, Score
from datong.surfaces.api_context import Cursor, Limit, PathId, asker, shopper, who
from datong.surfaces.api_views import Made, PageView, ProductCard, Texts, product_card
from datong.surfaces.catalog.api import Code
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id
from datong.surfaces.search.search_form import Asked, client_of, read_chosen, run_search

Text = Annotated[str, Parameter(query="q", description="what is looked for, at most 200 characters")]
Many = Annotated[list[str] | None, Parameter(description="several may be given; one of them is enough")]
MAX_EXPLAINED = 50


@dataclass(frozen=True)
class Narrowing:
    """By what a search is narrowed, as it stands in an address."""

    storefront: str
    category_id: str
    brand_id: list[str]
    choice: list[str]
    price: tuple[int, int]
    ships_from: list[str]
    service: list[str]


def read_narrowing(
    storefront: Code = "",
    category_id: str = "",
    brand_id: Many = None,
    choice: Annotated[
        list[str] | None, Parameter(description="`attribute:value` codes, as the facets give them")
    ] = None,
    price_from: Annotated[int, Parameter(ge=0, description="in minor units")] = 0,
    price_to: Annotated[int, Parameter(ge=0, description="in minor units; 0: no bound")] = 0,
    ships_from: Many = None,
    service: Annotated[
        list[str] | None, Parameter(description="free_freight, returns, ships_in_a_day; all of them must hold")
    ] = None,
) -> Narrowing:
    """The parts of an address that narrow a search."""
    return Narrowing(
        storefront, category_id, brand_id or [], choice or [], (price_from, price_to), ships_from or [], service or []
    )


async def _chosen(tx: Tx, narrowed: Narrowing) -> Chosen:
    return await read_chosen(
        tx, narrowed.storefront, narrowed.category_id, narrowed.brand_id, narrowed.choice, narrowed.price,
        (narrowed.ships_from, narrowed.service),
    )  # fmt: skip


class OptionView(msgspec.Struct, frozen=True):
    """One way to narrow: what to send for it, and how many remain."""

    code: str
    names: Texts
    count: int
    is_chosen: bool


class FacetView(msgspec.Struct, frozen=True):
    """A group of options; a `choice` names its attribute. Codes of prices are `from-to` in minor units."""

    kind: str
    names: Texts
    options: list[OptionView]


class ResultView(msgspec.Struct, frozen=True):
    """A product in its place, from 1 on within this answer."""

    place: int
    product: ProductCard


class SearchView(msgspec.Struct, frozen=True):
    """An answer. `query_id` goes into what is told of clicks. `corrected`: words that were put right."""

    query_id: str
    total: int
    is_estimated: bool
    corrected: dict[str, str]
    left_out: list[str]
    category_id: str
    items: list[ResultView]
    facets: list[FacetView]
    next_cursor: str


class SuggestionView(msgspec.Struct, frozen=True):
    """A text to search for; `is_own`: the asker looked for it before."""

    text: str
    is_own: bool


class EventPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What someone did with a product that a query had shown."""

    query_id: str
    product_id: str
    place: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    action: Literal["click", "add_to_cart"] = "click"


class PenaltyPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rank a shop's goods or a product down for a while, or take it out of search until that is lifted."""

    subject: Literal["shop", "product"]
    subject_id: str
    reason: str
    is_shield: bool = False


class PenaltyView(msgspec.Struct, frozen=True):
    """A penalty; a factor of 0 does not show at all. `ends_at` is null until it is lifted."""

    id: str
    subject: str
    subject_id: str
    factor: float
    reason: str
    set_by: str
    set_at: datetime
    ends_at: datetime | None


class Explained(msgspec.Struct, frozen=True):
    """A product in its place with the reasons of its score."""

    place: int
    product_id: str
    titles: Texts
    score: Score


@get("/search", tags=["search"], dependencies={"narrowed": Provide(read_narrowing, sync_to_thread=False)})
async def find(
    request: AnyRequest,
    narrowed: Narrowing,
    q: Text = "",
    order: Order = "relevance",
    cursor: Cursor = "",
    limit: Limit = 20,
) -> SearchView:
    """Products that answer a query, by facets and in an order; without words, all that the facets leave."""
    asked = search.read_query(q)
    async with db_of(request).read() as tx:
        actor = await shopper(request, tx)
        chosen = await _chosen(tx, narrowed)
        brands = {str(each.storefront_id): each.code for each in (await get_storefronts(tx)).all}
    answer = await run_search(request, actor, Asked(asked, chosen, order, cursor, limit), client_of(request))
    found, plan = answer.results, answer.results.plan
    facets = [
        FacetView(
            each.kind, each.names,
            [
                OptionView(
                    brands.get(one.code, one.code) if each.kind == "store" else one.code,
                    one.names, one.count, one.is_chosen,
                )
                for one in each.options
            ],
        )
        for each in found.facets
    ]  # fmt: skip
    return SearchView(
        str(answer.query_id), found.total, found.is_estimated,
        plan.corrected, list(plan.left_out),
        str(found.predicted) if found.predicted else "",
        [ResultView(place, product_card(card)) for place, (_, card) in enumerate(answer.places, 1)], facets,
        found.next_cursor,
    )  # fmt: skip


@get("/search/suggestions", tags=["search"])
async def suggestions(
    request: AnyRequest, q: Text = "", limit: Annotated[int, Parameter(ge=1, le=10)] = 10
) -> list[SuggestionView]:
    """What begins like this, in signs or by sound: one's own queries first, then titles and what many ask."""
    async with db_of(request).read() as tx:
        found = await search.suggest(tx, await shopper(request, tx), q, limit)
    return [SuggestionView(each.shown, each.is_own) for each in found[:limit]]


@get("/search/hot", tags=["search"])
async def hot(request: AnyRequest) -> list[str]:
    """What many look for these days."""
    async with db_of(request).read() as tx:
        return await search.list_hot(tx)


@get("/search/history", tags=["search"])
async def history(request: AnyRequest) -> list[str]:
    """What I looked for, the latest first."""
    async with db_of(request).read() as tx:
        actor = await shopper(request, tx)
        return [each.shown for each in await search.suggest(tx, actor, "") if each.is_own]


@delete("/search/history", status_code=204, tags=["search"])
async def erase(request: AnyRequest, q: Annotated[str, Parameter(description="empty: all of it")] = "") -> None:
    """Forget one of my queries, or all."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    if actor.id:
        await db.run(search.erase_history, actor, q)


@post("/search/events", status_code=204, tags=["search"])
async def note(request: AnyRequest, data: EventPut) -> None:
    """Tell what came of a query; kept without who it was."""
    query_id, product_id = read_id(data.query_id, "query"), read_id(data.product_id, "product")
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    client = client_of(request)
    await search.note_event(db, actor, client, data.action, query_id, product_id, data.place)


@get(
    "/operator/search/explanation", tags=["operating"],
    dependencies={"narrowed": Provide(read_narrowing, sync_to_thread=False)},
)  # fmt: skip
async def explain(request: AnyRequest, narrowed: Narrowing, q: Text = "") -> list[Explained]:
    """The first results of a query, each with the parts of its score."""
    db = db_of(request)
    async with db.read() as tx:
        (await who(request, tx)).must("operator:search:edit")
        chosen = await _chosen(tx, narrowed)
    found = await search.find_products(
        db, adapters_of(request).engine, search.read_query(q), chosen, limit=MAX_EXPLAINED
    )
    async with db.read() as tx:
        cards = {each.product_id: each for each in await catalog.get_cards(tx, [_id_of(each) for each in found.ranked])}
    return [
        Explained(place, str(_id_of(each)), cards[_id_of(each)].titles if _id_of(each) in cards else {}, each.score)
        for place, each in enumerate(found.ranked, 1)
    ]


def _id_of(each: Ranked) -> int:
    return each.listing.product_id


@get("/operator/search/indexes", tags=["operating"])
async def indexes(request: AnyRequest) -> list[IndexState]:
    """The indexes and how far they have come."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:search:edit")
        return await search.list_indexes(tx)


@post("/operator/search/rebuild", status_code=204, tags=["operating"])
async def rebuild(request: AnyRequest) -> None:
    """Build the index anew beside the one in use; nothing happens while one is being built."""
    db, actor = await asker(request)
    await db.run(search.rebuild, actor)


@get("/operator/search/penalties", tags=["operating"])
async def penalties(request: AnyRequest, limit: Limit = 50) -> list[PenaltyView]:
    """The last penalties, in force or over."""
    async with db_of(request).read() as tx:
        found = await search.list_penalties(tx, await who(request, tx), limit)
    return [
        PenaltyView(
            str(each.penalty_id), each.subject, str(each.subject_id), each.factor, each.reason, str(each.set_by),
            each.set_at, each.ends_at,
        )
        for each in found
    ]  # fmt: skip


@post("/operator/search/penalties", status_code=201, tags=["operating"])
async def penalise(request: AnyRequest, data: PenaltyPut) -> Made:
    """Rank something down, or shield shoppers from it."""
    db, actor = await asker(request)
    subject_id = read_id(data.subject_id, data.subject)
    put = search.hide_subject if data.is_shield else search.rank_down
    return Made(str(await db.run(put, actor, data.subject, subject_id, data.reason)))


@delete("/operator/search/penalties/{penalty_id:str}", status_code=204, tags=["operating"])
async def lift(request: AnyRequest, penalty_id: PathId) -> None:
    """End a penalty now."""
    db, actor = await asker(request)
    await db.run(search.revoke_penalty, actor, read_id(penalty_id, "penalty"))


@get("/operator/search/notes/{what:str}", tags=["operating"])
async def notes(
    request: AnyRequest,
    what: Annotated[str, Parameter(pattern="^(queries|events)$", description="queries or events")],
    cursor: Cursor = "",
    limit: Limit = 100,
) -> PageView[dict[str, Any]]:
    """What was asked and what came of it, oldest first, in the format of User Behavior Insights 1.3."""
    if what not in {"queries", "events"}:
        raise Invalid("what", "queries or events")
    async with db_of(request).read() as tx:
        export = search.export_queries if what == "queries" else search.export_events
        page = await export(tx, await who(request, tx), cursor, limit)
    return PageView(page.items, page.next_cursor)


HANDLERS = [
    find, suggestions, hot, history, erase, note, explain, indexes, rebuild, penalties, penalise, lift, notes,
]  # fmt: skip
