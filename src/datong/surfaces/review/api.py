"""/reviews, /products/…/reviews: what buyers and shops say, and what comes of it."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post

from datong.commerce import review
from datong.kernel.refusal import NotFound
from datong.surfaces.api_context import Cursor, Key, Limit, PathId, asker, must_have_key, shopper, who
from datong.surfaces.api_views import PageView
from datong.surfaces.moved import moved
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id


class LinePut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a line: good, neutral or bad; words are needed unless good.

    Pictures are sent by the page's form.
    """

    line_id: str
    result: str
    text: str = ""
    tags: list[str] = []


class ReviewPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Reviews of an order's lines, and how the shop did (1 to 5 each)."""

    lines: list[LinePut]
    description: int
    service: int
    logistics: int
    is_anonymous: bool = False


class TextPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words."""

    text: str = ""


class RatingPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the shop says of the buyer."""

    result: str
    text: str = ""


class ModerationPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let it stand, or remove it with a reason."""

    is_removed: bool
    reason: str = ""


class WrittenView(msgspec.Struct, frozen=True):
    """The ids of what was written."""

    ids: list[str]


class ReviewView(msgspec.Struct, frozen=True):
    """A review as everyone sees it."""

    id: str
    product_id: str
    result: str
    body: dict[str, Any]
    written_at: datetime


class RatingView(msgspec.Struct, frozen=True):
    """How many shown reviews there are."""

    good: int
    neutral: int
    bad: int
    with_pictures: int


class StandingView(msgspec.Struct, frozen=True):
    """A shop's credit and level, and its DSR in hundredths (null: not rated yet)."""

    credit: int
    tier: str
    level: int
    ratings: int
    description: int | None
    service: int | None
    logistics: int | None


class ToReview(msgspec.Struct, frozen=True):
    """An order that may be reviewed, and until when."""

    order_id: str
    closes_at: datetime


class HeldView(msgspec.Struct, frozen=True):
    """A review that someone should look at."""

    id: str
    result: str
    text: str
    is_held: bool
    reason: str
    look_at: datetime


def _view(each: review.ProductReview) -> ReviewView:
    return ReviewView(str(each.review_id), str(each.product_id), each.result, each.body, each.written_at)


@get("/products/{product_id:str}/reviews", tags=["goods"])
async def product_reviews(
    request: AnyRequest, product_id: PathId, result: str = "", cursor: Cursor = "", limit: Limit = 20
) -> PageView[ReviewView]:  # fmt: skip
    """What everyone said of a product, newest first; of one result, if asked."""
    async with db_of(request).read() as tx:
        found = await review.list_product_reviews(tx, read_id(product_id, "product"), cursor, limit, result=result)
    return PageView([_view(each) for each in found.items], found.next_cursor)


@get("/products/{product_id:str}/rating", tags=["goods"])
async def product_rating(request: AnyRequest, product_id: PathId) -> RatingView:
    """How a product was rated."""
    async with db_of(request).read() as tx:
        found = await review.get_product_rating(tx, read_id(product_id, "product"))
    return RatingView(found.good, found.neutral, found.bad, found.with_pictures)


@get("/shops/{shop_id:str}/standing", tags=["goods"])
async def standing(request: AnyRequest, shop_id: PathId) -> StandingView:
    """A shop's credit, level and six-month means."""
    async with db_of(request).read() as tx:
        found = await review.get_standing(tx, read_id(shop_id, "shop"))
    dsr = found.dsr if found.dsr and found.dsr.ratings else None
    return StandingView(
        found.credit.total, found.level.tier, found.level.count, dsr.ratings if dsr else 0,
        dsr.mean("description") if dsr else None, dsr.mean("service") if dsr else None,
        dsr.mean("logistics") if dsr else None,
    )  # fmt: skip


@get("/reviews/waiting", tags=["after the sale"])
async def waiting(request: AnyRequest, cursor: Cursor = "", limit: Limit = 20) -> PageView[ToReview]:
    """My orders that may still be reviewed."""
    async with db_of(request).read() as tx:
        found = await review.list_to_review(tx, await shopper(request, tx), cursor, limit)
    return PageView([ToReview(str(each.order_id), each.closes_at) for each in found.items], found.next_cursor)


@post("/orders/{order_id:str}/reviews", status_code=201, tags=["after the sale"])
async def write(request: AnyRequest, order_id: PathId, data: ReviewPut, key: Key = None) -> WrittenView:
    """Review lines of a finished order, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    said = [
        review.LineReview(read_id(each.line_id, "order_line"), each.result, each.text, each.tags) for each in data.lines
    ]
    ids = await review.write_reviews(
        db, adapters_of(request).objects, actor, read_id(order_id, "order"), said,
        review.Scores(data.description, data.service, data.logistics), must_have_key(key),
        is_anonymous=data.is_anonymous,
    )  # fmt: skip
    return WrittenView([str(each) for each in ids])


@post("/reviews/{review_id:str}/actions/{action:str}", status_code=204, tags=["after the sale"])
async def act(request: AnyRequest, review_id: PathId, action: str, data: TextPut) -> None:
    """Buyers: follow-up, make-good, take-back; shops: reply, report."""
    db, actor = await asker(request)
    each = read_id(review_id, "review")
    actions = {"make-good": review.make_good, "reply": review.reply, "report": review.report_review}
    if action == "follow-up":
        await review.follow_up(db, adapters_of(request).objects, actor, each, data.text)
        return
    if action not in actions and action != "take-back":
        raise NotFound("action", action[:40])
    if action == "take-back":
        await db.run(review.take_back, actor, each)
    else:
        await db.run(actions[action], actor, each, data.text)


@post("/orders/{order_id:str}/buyer-rating", status_code=204, tags=["selling"])
async def rate_buyer(request: AnyRequest, order_id: PathId, data: RatingPut) -> None:
    """Say how the buyer was, where both sides rate."""
    db, actor = await asker(request)
    each = read_id(order_id, "order")
    await db.run(review.rate_buyer, actor, each, data.result, data.text)


@get("/operator/reviews", tags=["operating"])
async def moderation(request: AnyRequest, limit: Limit = 50) -> list[HeldView]:
    """Reviews that someone should look at, oldest first."""
    async with db_of(request).read() as tx:
        found = await review.list_moderation(tx, await who(request, tx), limit)
    return [
        HeldView(str(each.review_id), each.result, each.text, each.is_held, each.look_reason, each.look_at)
        for each in found
        if each.look_at
    ]


@post("/operator/reviews/{review_id:str}/decision", status_code=204, tags=["operating"])
async def moderate(request: AnyRequest, review_id: PathId, data: ModerationPut) -> None:
    """Let a review stand, or remove it."""
    db, actor = await asker(request)
    each = read_id(review_id, "review")
    await db.run(review.moderate, actor, each, is_removed=data.is_removed, reason=data.reason)


HANDLERS = [
    product_reviews, product_rating, standing, waiting, write, act, rate_buyer, moderation, moderate,
    moved("POST", "/reviews/{review_id:str}/deeds/{action:str}", "/api/v1/reviews/{review_id}/actions/{action}"),
]  # fmt: skip
