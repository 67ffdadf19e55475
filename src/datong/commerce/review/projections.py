"""The shop's side of reviews: copies for its products' pages, counts, credit, and each day's scores.

Follows by version.
"""

from datetime import date, timedelta

import msgspec

from datong.commerce.review.credit_levels import months_before
from datong.commerce.review.queries import GET, OF_ORDER, RATING, OrderRating, Review, ReviewBody
from datong.commerce.review.seller_credit import enter_credit
from datong.commerce.review.standings import SCORED, SELLER_CREDIT, Scored, tell_score
from datong.commerce.review.time_limits import DSR_MONTHS, MONTH_DSR
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import get_storefronts
from datong.kernel.ids import bucket_of
from datong.kernel.sql import changed, changed_value, command, rows, value
from datong.kernel.tx import Db, Tx


class Copy(msgspec.Struct, frozen=True):
    """What a copy counted for."""

    version: int
    is_shown: bool
    result: str
    month: str
    has_pictures: bool


class DayScores(msgspec.Struct, frozen=True):
    """One order's scores, on the day they counted for."""

    order_id: int
    day: date
    description: int
    service: int
    logistics: int
    is_active: bool
    is_counted: bool


COPY = rows(
    Copy,
    """
    select version, is_shown, result, month, has_pictures from product_review where bkt = $1 and review_id = $2
        for update
    """,
)
PUT = changed_value(
    int,
    """
    insert into product_review as p (bkt, review_id, product_id, shop_id, order_id, member_id, version, is_shown,
        result, month, body, has_pictures, has_reply, is_default, written_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    on conflict (bkt, review_id) do update set version = $7, is_shown = $8, result = $9, month = $10, body = $11,
        has_pictures = $12, has_reply = $13
    where p.version < $7 returning version
    """,
)
COUNT = command(
    """
    insert into product_rating as r (bkt, product_id, good, neutral, bad, with_pictures)
    values ($1, $2, greatest($3, 0), greatest($4, 0), greatest($5, 0), greatest($6, 0))
    on conflict (bkt, product_id) do update set good = r.good + $3, neutral = r.neutral + $4, bad = r.bad + $5,
        with_pictures = r.with_pictures + $6
    """
)
LOCK_SHOP = command(
    """
    insert into shop_dsr (bkt, shop_id, storefront_id, as_of, since) values ($1, $2, $3, $4, $5)
    on conflict (bkt, shop_id) do update set shop_id = excluded.shop_id
    """
)
PUT_SCORES = command(
    """
    insert into dsr_rating as d (bkt, order_id, shop_id, member_id, month, day, description, service, logistics,
        is_active, is_counted)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, false) on conflict (bkt, order_id) do update set is_active = true
    """
)
SILENCE = command("update dsr_rating set is_active = false where bkt = $1 and order_id = $2")
MONTH_OF = value(str, "select month from dsr_rating where bkt = $1 and order_id = $2")
PAIR = rows(
    DayScores,
    """
    select order_id, day, description, service, logistics, is_active, is_counted from dsr_rating
    where bkt = $1 and shop_id = $2 and member_id = $3 and month = $4 order by order_id limit 1000
    """,
)
SET_COUNTED = command("update dsr_rating set is_counted = $3 where bkt = $1 and order_id = $2")
ADD_TO_DAY = command(
    """
    insert into dsr_day as d (bkt, shop_id, day, ratings, description, service, logistics)
    values ($1, $2, $3, greatest($4, 0), greatest($5, 0), greatest($6, 0), greatest($7, 0))
    on conflict (bkt, shop_id, day) do update set ratings = d.ratings + $4, description = d.description + $5,
        service = d.service + $6, logistics = d.logistics + $7
    """
)
ADD_TO_WINDOW = changed(
    Scored,
    f"""
    update shop_dsr set ratings = ratings + $4, description = description + $5, service = service + $6,
        logistics = logistics + $7, version = version + 1, changed_at = $8
    where bkt = $1 and shop_id = $2 and $3 > since and $3 <= as_of returning {SCORED}
    """,
)


async def follow_review(tx: Tx, shop_id: int, order_id: int, review_id: int) -> None:
    """Bring the shop's side up to a review and its order's scores as they are now."""
    review = await tx.maybe(GET, bucket_of(review_id), review_id)
    rating = await tx.maybe(RATING, bucket_of(order_id), order_id)
    if review is None or rating is None:
        return
    zone = (await get_storefronts(tx)).get(rating.storefront_id).zone
    shown = (review.shown_at or review.written_at).astimezone(zone).date()
    # The shop's row is the one lock: two reviews of one shop are counted one after the other.
    months = (await get_rules(tx)).value(DSR_MONTHS, tx.now, Scope(rating.storefront_id))
    eve = shown - timedelta(days=1)
    await tx.run(LOCK_SHOP, tx.bucket, shop_id, rating.storefront_id, eve, months_before(eve, months))
    before = await tx.maybe(COPY, tx.bucket, review_id)
    if before is not None and before.version >= review.version:
        return
    month = before.month if before is not None and before.is_shown else f"{shown:%Y-%m}"
    await _copy(tx, review, month)
    counted_before = before.result if before is not None and before.is_shown else ""
    counted_after = review.result if review.is_shown else ""
    await enter_credit(
        tx, shop_id, review.member_id, month, counted_before, counted_after, rating.storefront_id, SELLER_CREDIT
    )
    pictures = (review.is_shown and review.pictures > 0) - (
        before is not None and before.is_shown and before.has_pictures
    )
    steps = [(counted_after == name) - (counted_before == name) for name in ("good", "neutral", "bad")]
    if any(steps) or pictures:
        await tx.run(COUNT, tx.bucket, review.product_id, *steps, pictures)
    await _follow_scores(tx, rating, shown, month)


async def copy_review_now(db: Db, review_id: int, shop_id: int) -> None:
    """Bring the shop's side up to date at once, for a shop that has just answered and looks at its list."""
    async with db.begin(bucket_of(shop_id)) as tx:
        review = await tx.maybe(GET, bucket_of(review_id), review_id)
        if review is not None and review.shop_id == shop_id:
            await follow_review(tx, shop_id, review.order_id, review_id)


async def _copy(tx: Tx, review: Review, month: str) -> None:
    days = (review.followed_up_at - review.written_at).days if review.followed_up_at else 0
    body = ReviewBody(
        review.author, review.text, review.tags, review.pictures, review.labels, review.is_default, review.follow_up,
        review.follow_up_pictures, days, review.reply,
    )  # fmt: skip
    await tx.one(
        PUT, tx.bucket, review.review_id, review.product_id, review.shop_id, review.order_id, review.member_id,
        review.version, review.is_shown, review.result, month, body, review.pictures > 0, bool(review.reply),
        review.is_default, review.written_at,
    )  # fmt: skip


async def _follow_scores(tx: Tx, rating: OrderRating, shown: date, month: str) -> None:
    """The scores of an order count while a written review of it is shown, the first few of a pair a month."""
    if not rating.description:
        return
    reviews = await tx.all(OF_ORDER, bucket_of(rating.order_id), rating.order_id)
    is_active = any(each.is_shown and not each.is_default for each in reviews)
    if is_active:
        await tx.run(
            PUT_SCORES, tx.bucket, rating.order_id, rating.shop_id, rating.member_id, month, shown, rating.description,
            rating.service, rating.logistics,
        )  # fmt: skip
    else:
        await tx.run(SILENCE, tx.bucket, rating.order_id)
    most = (await get_rules(tx)).value(MONTH_DSR, tx.now, Scope(rating.storefront_id))
    # Which month the scores belong to was settled when they first counted.
    kept = await tx.maybe(MONTH_OF, tx.bucket, rating.order_id)
    pair = await tx.all(PAIR, tx.bucket, rating.shop_id, rating.member_id, kept) if kept else []
    chosen = {each.order_id for each in [each for each in pair if each.is_active][:most]}
    for each in pair:
        if (each.order_id in chosen) != each.is_counted:
            await _count(tx, rating.shop_id, each, is_counted=not each.is_counted)


async def _count(tx: Tx, shop_id: int, scores: DayScores, *, is_counted: bool) -> None:
    sign = 1 if is_counted else -1
    amounts = (sign, sign * scores.description, sign * scores.service, sign * scores.logistics)
    await tx.run(SET_COUNTED, tx.bucket, scores.order_id, is_counted)
    await tx.run(ADD_TO_DAY, tx.bucket, shop_id, scores.day, *amounts)
    if scored := await tx.maybe(ADD_TO_WINDOW, tx.bucket, shop_id, scores.day, *amounts, tx.now):
        tell_score(tx, scored)
