"""Reviews: what I may say of what I bought, what everyone said of a product, and the pictures in it."""

import secrets

from litestar import get, post
from litestar.response import Redirect, Response, Template

from datong.commerce import catalog, order, review
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form_with_files, read_number
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, adapters_of, db_of, read_id, sender
from datong.surfaces.review.labels import SCORES, review_words

MAX_UPLOAD = 50_000_000
PARTS = ("review", "follow")


@get("/reviews", include_in_schema=False)
async def to_review(request: AnyRequest, cursor: str = "") -> Template:
    """My orders that wait for a review, and my credit."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        found = await review.list_to_review(tx, seen.actor, cursor, 10)
        orders = await order.get_own_orders(tx, seen.actor, [each.order_id for each in found.items])
        credit = await review.get_member_credit(tx, seen.actor, seen.actor.id)
        now = tx.now
    return page(
        seen, "review/to_review.html", ratings=found.items, orders=orders, next_cursor=found.next_cursor,
        credit=credit, now=now,
    )  # fmt: skip


async def _review_page(tx: Tx, seen: PageContext, order_id: int, refusal: Refusal | None = None) -> Template:
    seen.must_be_member()
    view = await order.get_order(tx, seen.actor, order_id)
    if view.order.member_id != seen.actor.id:
        raise NotFound("order", order_id)
    rating, written = await review.get_order_reviews(tx, seen.actor, order_id)
    offered: list[str] = (await get_rules(tx)).value(review.TAGS, tx.now, Scope(view.order.storefront_id))
    done = {each.line_id for each in written}
    is_open = rating is not None and tx.now < rating.closes_at
    return page(
        seen, "review/review.html", status_code=status_of(refusal) if refusal else 200, order=view.order,
        lines=[line for line in view.lines if is_open and line.line_id not in done and (line.left or not line.payable)],
        all_lines={line.line_id: line for line in view.lines}, rating=rating, written=written, now=tx.now, tags=offered,
        request_key=secrets.token_urlsafe(16), problem=refusal_text(refusal, seen.language) if refusal else "",
        **review_words(seen.language),
    )  # fmt: skip


@get("/orders/{order_id:str}/review", include_in_schema=False)
async def review_page(request: AnyRequest, order_id: str) -> Template:
    """What I say of an order."""
    async with db_of(request).read() as tx:
        return await _review_page(tx, await load_page_context(request, tx), read_id(order_id, "order"))


async def _read_reviews(request: AnyRequest) -> tuple[dict[str, str], list[review.LineReview]]:
    """The reviews in a form: every line that was given a result, with its words, tags and pictures."""
    form = await request.form()
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    found: list[review.LineReview] = []
    for name, result in texts.items():
        if not name.startswith("result-"):
            continue
        line = name.removeprefix("result-")
        tags = [value for key, value in form.multi_items() if key == f"tag-{line}" and isinstance(value, str)]
        uploads = [
            value for key, value in form.multi_items() if key == f"picture-{line}" and not isinstance(value, str)
        ]
        pictures = [body for body in [await each.read() for each in uploads] if body]
        found.append(
            review.LineReview(read_id(line, "order_line"), result, texts.get(f"text-{line}", ""), tags, pictures)
        )
    return texts, found


@post("/orders/{order_id:str}/review", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def write(request: AnyRequest, order_id: str) -> Redirect | Template:
    """Say it."""
    db, each = db_of(request), read_id(order_id, "order")
    actor = await sender(request)
    try:
        form, reviews = await _read_reviews(request)
        scores = review.Scores(*(read_number(form, name, 0) for name in SCORES))
        await review.write_reviews(
            db, adapters_of(request).objects, actor, each, reviews, scores, form.get("request_key", ""),
            is_anonymous="is_anonymous" in form,
        )  # fmt: skip
    except Refusal as refusal:
        async with db.read() as tx:
            return await _review_page(tx, await load_page_context(request, tx), each, refusal)
    return redirect_to(f"/orders/{each}/review")


@post("/reviews/{review_id:str}/{action:str}", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def act(request: AnyRequest, review_id: str, action: str) -> Redirect | Template:
    """Say more after some use, make it good, or take it back."""
    form, files = await read_form_with_files(request)
    db, each = db_of(request), read_id(review_id, "review")
    async with db.read() as tx:
        actor = await actor_of_request(request, tx)
        seen = await review.get_own_review(tx, actor, each)
    try:
        if action == "follow-up":
            await review.follow_up(db, adapters_of(request).objects, actor, each, form.get("text", ""), files)
        elif action == "make-good":
            await db.run(review.make_good, actor, each, form.get("text", ""))
        elif action == "take-back":
            await db.run(review.take_back, actor, each)
        else:
            raise NotFound("action", action[:40])
    except Refusal as refusal:
        async with db.read() as tx:
            return await _review_page(tx, await load_page_context(request, tx), seen.order_id, refusal)
    return redirect_to(f"/orders/{seen.order_id}/review")


@get("/p/{product_id:str}/reviews", include_in_schema=False)
async def product_reviews(
    request: AnyRequest, product_id: str, result: str = "", pictures: str = "", cursor: str = ""
) -> Template:  # fmt: skip
    """What everyone said of a product."""
    each = read_id(product_id, "product")
    async with db_of(request).read() as tx:
        view = await catalog.get_product(tx, each)
        brand = (await get_storefronts(tx)).get(view.product.storefront_id)
        seen = await load_page_context(request, tx, brand.code)
        found = await review.list_product_reviews(
            tx, each, cursor, 20, result=result, has_pictures=pictures == "1"
        )  # fmt: skip
        rating = await review.get_product_rating(tx, each)
    return page(
        seen, "review/reviews.html", product=view.product, reviews=found.items, next_cursor=found.next_cursor,
        rating=rating, result=result, pictures=pictures, **review_words(seen.language),
    )  # fmt: skip


@get("/review-pictures/{review_id:str}/{name:str}", include_in_schema=False)
async def picture(request: AnyRequest, review_id: str, name: str) -> Response[bytes]:
    """A picture of a review that everyone may see."""
    part, _, number = name.removesuffix(".webp").partition("-")
    each = read_id(review_id, "review")
    if part not in PARTS or not number.isdigit() or len(number) > 2:  # noqa: PLR2004 - no review has a hundred pictures
        raise Invalid("name", "part-number.webp")
    async with db_of(request).read() as tx:
        found = await review.find_shown(tx, each)
    body = None
    if found is not None:
        body = await adapters_of(request).objects.get(review.picture_key(each, part, int(number)))
    if body is None:
        raise NotFound("picture", name[:40])
    return Response(body, media_type="image/webp", headers={"cache-control": "public, max-age=3600"})


HANDLERS = [to_review, review_page, write, act, product_reviews, picture]
