"""Home, verticals, categories, products, shops."""

import secrets
from typing import Any

from litestar import get
from litestar.response import Redirect, Template

from datong.commerce import catalog, inventory, member, merchant, pricing, review, voucher
from datong.commerce.member import REGIONS
from datong.commerce.merchant import get_recent_shop
from datong.commerce.order import SHIP_PROMISE_HOURS, find_presale
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import get_storefronts
from datong.consumer import favourite
from datong.kernel.refusal import NotFound
from datong.kernel.tx import Tx
from datong.surfaces.catalog.labels import SORTS
from datong.surfaces.fulfilment.labels import METHODS
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.page_slots import load_slots
from datong.surfaces.request_context import DEFAULT_REGION, AnyRequest, db_of, pick, read_id
from datong.surfaces.review.labels import SCORES, TIERS, review_words
from datong.surfaces.search.search_form import note_action, read_found_by

FEED = 20


def _brands(seen: PageContext) -> list[int]:
    chosen = [seen.storefront] if seen.storefront else seen.brands
    return [each.storefront_id for each in chosen]


async def _home(request: AnyRequest, code: str, cursor: str) -> Template:
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx, code)
        book = await catalog.get_category_book(tx)
        found = await catalog.list_cards(tx, _brands(seen), 0, "mixed", cursor, FEED)
    verticals = list(book.verticals.values())
    slots = await load_slots(seen, "home.channels", storefront=seen.storefront.storefront_id if seen.storefront else 0)
    return page(
        seen, "catalog/home.html", verticals=verticals, cards=found.items, next_cursor=found.next_cursor, slots=slots
    )


@get("/", include_in_schema=False)
async def home(request: AnyRequest, cursor: str = "") -> Template:
    """Everything of every brand."""
    return await _home(request, "", cursor)


@get("/s/{code:str}", include_in_schema=False)
async def brand_home(request: AnyRequest, code: str, cursor: str = "") -> Template:
    """One brand, in its own theme."""
    return await _home(request, code, cursor)


@get("/categories", include_in_schema=False)
async def categories(request: AnyRequest) -> Template:
    """Every vertical with its root categories."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        book = await catalog.get_category_book(tx)
    verticals = []
    for vertical in book.verticals.values():
        roots = book.roots(vertical.vertical_id)
        shown = book.children(roots[0].category_id) if len(roots) == 1 else roots
        verticals.append((vertical, shown))
    return page(seen, "catalog/categories.html", verticals=verticals)


@get("/v/{code:str}", include_in_schema=False)
async def vertical(request: AnyRequest, code: str, storefront: str = "") -> Redirect | Template:
    """A vertical: its only root category, or the choice among them."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx, storefront)
        book = await catalog.get_category_book(tx)
    if code not in book.vertical_by_code:
        raise NotFound("vertical", code[:40])
    found = book.vertical_by_code[code]
    roots = book.roots(found.vertical_id)
    if len(roots) == 1:
        return redirect_to(f"/c/{roots[0].category_id}" + (f"?storefront={storefront}" if storefront else ""))
    return page(seen, "catalog/categories.html", verticals=[(found, roots)])


@get("/c/{category_id:str}", include_in_schema=False)
async def category(
    request: AnyRequest, category_id: str, storefront: str = "", order: str = "mixed", cursor: str = ""
) -> Template:
    """A category in one of four orders, of one brand or all."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx, storefront)
        book = await catalog.get_category_book(tx)
        each = book.get(read_id(category_id, "category"))
        found = await catalog.list_cards(tx, _brands(seen), each.category_id, order, cursor, FEED)
    path = book.path(each.category_id)[::-1]
    brand_query = f"storefront={storefront}&" if storefront else ""
    return page(
        seen,
        "catalog/list.html",
        heading=pick(each.names, seen.language),
        crumbs=[(pick(step.names, seen.language), f"/c/{step.category_id}") for step in path[:-1]]
        + [(pick(each.names, seen.language), "")],
        children=book.children(each.category_id),
        brand_query=f"?storefront={storefront}" if storefront else "",
        base_query=brand_query,
        search_link=f"/search?{brand_query}category={each.category_id}",
        orders=list(worded(SORTS, seen.language).items()),
        order=order,
        cards=found.items,
        next_cursor=found.next_cursor,
    )


@get("/p/{product_id:str}", include_in_schema=False)
async def product(request: AnyRequest, product_id: str, picture: int = 1, region: str = "") -> Template:
    """A product; who comes from a search brings along where it stood there."""
    found_by = read_found_by(request.query_params)
    async with db_of(request).read() as tx:
        view = await catalog.get_product(tx, read_id(product_id, "product"))
        shop = await get_recent_shop(tx, view.product.shop_id)
        brand = (await get_storefronts(tx)).get(shop.storefront_id)
        seen = await load_page_context(request, tx, brand.code)
        stock = await inventory.free_of(tx, [sku.sku_id for sku in view.skus])
        free = [sku.sku_id for sku in view.skus if sku.sku_id in stock and stock[sku.sku_id].free > 0]
        region = await _region(tx, seen, region)
        deal = await _deal(tx, seen, view.product.product_id, free[0], region) if free else None
        presale = await find_presale(tx, view.product.product_id)
        beside = await _beside(tx, seen, view, shop)
        claimable = (await voucher.list_claimable(tx, [0, shop.shop_id]))[:4]
        now = tx.now
    await note_action(request, seen.actor, "click", found_by, view.product.product_id)
    is_kept = await favourite.record_view(db_of(request), seen.actor, view.product.product_id)
    slots = await load_slots(
        seen, "product.notes", product_id=view.product.product_id, shop_id=shop.shop_id,
        sku_ids=[sku.sku_id for sku in view.skus],
    )  # fmt: skip
    return page(
        seen, "catalog/product.html", slots=slots, view=view, shop=shop, brand=brand, stock=stock, region=region,
        deal=deal,
        first_free=free[0] if free else 0, picture=max(1, min(picture, len(view.product.pictures))), presale=presale,
        now=now, is_kept=is_kept, found_by=found_by, claimable=claimable, request_key=secrets.token_urlsafe(16),
        tiers=worded(TIERS, seen.language), **beside, **review_words(seen.language),
    )  # fmt: skip


async def _beside(tx: Tx, seen: PageContext, view: catalog.ProductView, shop: merchant.Shop) -> dict[str, Any]:
    """What stands beside the product itself: its attributes, reviews, the shop's promise, whether it is kept."""
    product_id = view.product.product_id
    rating, standing = await review.get_summary(tx, product_id, shop.shop_id)
    return {
        "is_carried": catalog.is_carried(tx.house, view.product.method),
        "methods": worded(METHODS, seen.language),
        "facts": await _facts(tx, view.product, seen.language),
        "category_path": (await catalog.get_category_book(tx)).path(view.product.category_id)[::-1],
        "rating": rating,
        "standing": standing,
        "latest": (await review.list_product_reviews(tx, product_id, limit=3)).items if rating.total else [],
        "ship_hours": (await get_rules(tx)).value(SHIP_PROMISE_HOURS, tx.now, Scope(storefront_id=shop.storefront_id)),
    }


async def _region(tx: Tx, seen: PageContext, asked: str) -> str:
    """Where freight is shown for: the region asked for, else the member's default address, else a default one."""
    if asked in REGIONS:
        return asked
    addresses = await member.list_addresses(tx, seen.actor) if seen.actor.is_member else []
    return addresses[0].region if addresses else DEFAULT_REGION


async def _deal(tx: Tx, seen: PageContext, product_id: int, sku_id: int, region: str) -> pricing.Quote:
    """What one piece costs this visitor, with everything that lowers it."""
    buyer = pricing.Buyer(seen.actor.id) if seen.actor.is_member else None
    return await pricing.quote(tx, [pricing.LineRequest(product_id, sku_id, 1)], region, buyer)


async def _facts(tx: Tx, shown: catalog.Product, language: str) -> list[tuple[str, str]]:
    """A product's attributes in words."""
    bindings, values = await catalog.get_bindings(tx, shown.category_id)
    facts: list[tuple[str, str]] = []
    for each in bindings:
        given: Any = shown.props.get(str(each.attribute_id))
        if given is None:
            continue
        if isinstance(given, dict):
            chosen = [value for value in values.get(each.attribute_id, []) if value.value_id == given.get("value_id")]
            text = pick(chosen[0].names, language) if chosen else ""
        elif isinstance(given, bool):
            text = "✓" if given else "–"
        else:
            text = f"{given:g}" if isinstance(given, float) else str(given)
        facts.append((pick(each.names, language), f"{text} {each.unit}".strip()))
    return facts


@get("/shops/{slug:str}", include_in_schema=False)
async def shop_page(request: AnyRequest, slug: str, cursor: str = "") -> Template:
    """A shop."""
    async with db_of(request).read() as tx:
        shop = await merchant.find_shop_by_slug(tx, slug)
        if shop is None:
            raise NotFound("shop", slug[:60])
        brand = (await get_storefronts(tx)).get(shop.storefront_id)
        seen = await load_page_context(request, tx, brand.code)
        found = await catalog.list_shop_cards(tx, shop.shop_id, cursor, FEED)
        standing = await review.get_standing(tx, shop.shop_id)
        is_kept = await favourite.is_favourite(tx, seen.actor, "shop", shop.shop_id)
        claimable = await voucher.list_claimable(tx, [shop.shop_id])
        decorated = await merchant.find_page(tx, shop.shop_id)
        shown = decorated.decoration if decorated else None
        featured = await catalog.get_cards(tx, shown.featured) if shown and shop.is_open and not cursor else []
    return page(
        seen, "catalog/shop.html", shop=shop, brand=brand, cards=found.items, next_cursor=found.next_cursor,
        is_kept=is_kept, claimable=claimable[:4], shown=shown,
        featured=[card for card in featured if card.shop_id == shop.shop_id], cursor=cursor, standing=standing,
        tiers=worded(TIERS, seen.language), score_words=worded(SCORES, seen.language),
    )  # fmt: skip


@get("/shops/by-id/{shop_id:str}", include_in_schema=False)
async def shop_by_id(request: AnyRequest, shop_id: str) -> Redirect:
    """From an order to its shop."""
    async with db_of(request).read() as tx:
        shop = await merchant.get_shop(tx, read_id(shop_id, "shop"))
    return redirect_to(f"/shops/{shop.slug}")


HANDLERS = [home, brand_home, categories, vertical, category, product, shop_page, shop_by_id]
