"""The search desk: how the index is, why results stand where they stand, what is ranked down or not shown."""

from contextlib import suppress

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.platform import search
from datong.platform.search import Chosen, IndexState, Penalty, Results
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.forms import read_form
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import PageContext, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id, sender
from datong.surfaces.search.labels import INDEX_STATES, PARTS, SUBJECTS

EXPLAINED = 20


async def _seen(request: AnyRequest, tx: Tx) -> PageContext:
    seen = await enter(request, tx)
    seen.actor.must("operator:search:edit")
    return seen


async def _desk(request: AnyRequest, q: str, problem: str = "", form: dict[str, str] | None = None) -> Template:
    db = db_of(request)
    async with db.read() as tx:
        seen = await _seen(request, tx)
        indexes: list[IndexState] = await search.list_indexes(tx)
        penalties: list[Penalty] = await search.list_penalties(tx, seen.actor)
        now = tx.now
    asked, found, cards = search.read_query(q), None, {}
    if asked.words:
        try:
            found = await search.find_products(db, adapters_of(request).engine, asked, Chosen(), limit=EXPLAINED)
        except Refusal as refusal:
            problem = refusal_text(refusal, seen.language)
    async with db.read() as tx:
        cards = await _cards(tx, found, penalties)
    return console_page(
        seen, "search/search", status=409 if form else 200, indexes=indexes[::-1], penalties=penalties, now=now,
        asked=asked, found=found, cards=cards, problem=problem, typed=form or {}, parts=worded(PARTS, seen.language),
        states=worded(INDEX_STATES, seen.language), subjects=worded(SUBJECTS, seen.language),
    )  # fmt: skip


async def _cards(tx: Tx, found: Results | None, penalties: list[Penalty]) -> dict[int, catalog.Card]:
    ids = [each.listing.product_id for each in found.ranked] if found else []
    ids += [each.subject_id for each in penalties if each.subject == "product"]
    return {card.product_id: card for card in await catalog.get_cards(tx, ids[:100])}


@get("/console/search", include_in_schema=False)
async def desk(request: AnyRequest, q: str = "") -> Template:
    """The index, the penalties, and a query's results with their reasons."""
    return await _desk(request, q)


@post("/console/search/rebuild", include_in_schema=False)
async def rebuild(request: AnyRequest) -> Redirect:
    """Build the index anew, beside the one in use."""
    db = db_of(request)
    actor = await sender(request, is_fresh=True)
    await db.run(search.rebuild, actor)
    return redirect_to("/console/search")


@post("/console/search/penalties", include_in_schema=False)
async def penalise(request: AnyRequest) -> Redirect | Template:
    """Rank a shop or a product down, or shield shoppers from it."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request, is_fresh=True)
    try:
        subject = form.get("subject", "")
        subject_id = read_id(form.get("subject_id", "").strip(), subject if subject in SUBJECTS else "thing")
        put = search.hide_subject if form.get("kind") == "shield" else search.rank_down
        await db.run(put, actor, subject, subject_id, form.get("reason", ""))
    except Refusal as refusal:
        actor.must("operator:search:edit")
        async with db.read() as tx:
            language = (await _seen(request, tx)).language
        return await _desk(request, "", refusal_text(refusal, language), form)
    return redirect_to("/console/search")


@post("/console/search/penalties/{penalty_id:str}/lift", include_in_schema=False)
async def lift(request: AnyRequest, penalty_id: str) -> Redirect:
    """End a penalty now; one that is over already is over."""
    db, each = db_of(request), read_id(penalty_id, "penalty")
    actor = await sender(request, is_fresh=True)
    actor.must("operator:search:edit")
    with suppress(NotFound):
        await db.run(search.revoke_penalty, actor, each)
    return redirect_to("/console/search")


HANDLERS = [desk, rebuild, penalise, lift]
