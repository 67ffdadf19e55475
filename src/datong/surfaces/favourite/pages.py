"""What a shopper keeps and has seen: favourites and recently viewed products."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog, merchant
from datong.consumer import favourite
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.surfaces.favourite.labels import FAVOURITE_TABS
from datong.surfaces.forms import read_form, safe_next
from datong.surfaces.labels import worded
from datong.surfaces.language import day
from datong.surfaces.moved import moved
from datong.surfaces.page_rendering import load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, db_of, read_id, sender


@get("/favourites", include_in_schema=False)
async def favourites(request: AnyRequest, kind: str = "product", cursor: str = "", problem: str = "") -> Template:
    """My kept products, with what their price did since, or my kept shops."""
    if kind not in favourite.KINDS:
        raise Invalid("kind", ", ".join(favourite.KINDS))
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        found = await favourite.list_favourites(tx, seen.actor, kind, cursor)
        ids = [each.subject_id for each in found.items]
        found_cards = await catalog.get_cards(tx, ids) if kind == "product" else []
        shops = await merchant.get_recent_shops(tx, ids) if kind == "shop" else {}
    return page(
        seen, "favourite/favourites.html", kind=kind, kept=found.items, next_cursor=found.next_cursor,
        cards={card.product_id: card for card in found_cards}, shops=shops, tabs=worded(FAVOURITE_TABS, seen.language),
        problem=problem,
    )  # fmt: skip


@post("/favourites/{kind:str}/{subject_id:str}", include_in_schema=False)
async def keep(request: AnyRequest, kind: str, subject_id: str) -> Redirect | Template:
    """Keep a product or a shop, or forget it, and back to where the shopper was."""
    form = await read_form(request)
    db, each = db_of(request), read_id(subject_id, kind)
    price = 0
    async with db.read() as tx:
        actor = await actor_of_request(request, tx)
        actor.must("member:favourite:edit", actor.id)
        if kind == "product":
            price = (await catalog.get_product(tx, each)).product.price_min
        elif kind == "shop":
            await merchant.get_shop(tx, each)
        else:
            raise NotFound("favourite", kind[:40])
    try:
        if form.get("is_kept") == "0":
            await db.run(favourite.remove_favourite, actor, kind, each)
        else:
            await db.run(favourite.add_favourite, actor, kind, each, price)
    except Conflict as refusal:
        async with db.read() as tx:
            seen = await load_page_context(request, tx)
        return page(seen, "favourite/full.html", status_code=409, problem=refusal_text(refusal, seen.language))
    return redirect_to(safe_next(form.get("next", "/favourites")))


@get("/recently-viewed", include_in_schema=False)
async def recently_viewed(request: AnyRequest) -> Template:
    """The last products I looked at, by day."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        found = await favourite.list_recently_viewed(tx, seen.actor)
        cards = {card.product_id: card for card in await catalog.get_cards(tx, [each.product_id for each in found])}
    days: dict[str, list[catalog.Card]] = {}
    for each in found:
        if each.product_id in cards:
            days.setdefault(day(each.happened_at, seen.language), []).append(cards[each.product_id])
    return page(seen, "favourite/recently_viewed.html", days=days)


@post("/recently-viewed/erase", include_in_schema=False)
async def erase(request: AnyRequest) -> Redirect:
    """Forget one of them, or all."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    actor.must("member:footprint:edit", actor.id)
    product_id = read_id(form["product_id"], "product") if form.get("product_id") else 0
    await db.run(favourite.erase_recently_viewed, actor, product_id)
    return redirect_to("/recently-viewed")


HANDLERS = [
    favourites,
    keep,
    recently_viewed,
    erase,
    moved("GET", "/footprints", "/recently-viewed"),
    moved("POST", "/footprints/erase", "/recently-viewed/erase"),
]
