"""When what was said is shown: good at once, the rest when both have spoken or the window is over.

And what silence says.

Source: domain.md §15 [16]. On a storefront where buyers alone rate, everything is shown at once and silence says
nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from datong.commerce.order import ShopOrder, lines_of, own_order
from datong.commerce.review.events import tell_changed
from datong.commerce.review.queries import LOCK_RATING, OF_ORDER, OrderRating, Review
from datong.commerce.review.seller_credit import enter_credit
from datong.commerce.review.standings import BUYER_CREDIT
from datong.commerce.review.time_limits import IS_MUTUAL, REVEAL_HOURS, WINDOW_DAYS
from datong.commerce.rulebook import Rules, Scope, get_rules
from datong.commerce.storefront import get_storefronts
from datong.kernel.actor import SYSTEM
from datong.kernel.sql import command, rows
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db, Tx

OPEN = command(
    """
    insert into order_rating (bkt, order_id, member_id, shop_id, storefront_id, version, is_mutual, finished_at,
        closes_at, due_at)
    values ($1, $2, $3, $4, $5, 1, $6, $7, $8, $8) on conflict do nothing
    """
)
SHOW = command(
    "update review set shown_at = $3, version = version + 1 where bkt = $1 and review_id = $2 and shown_at is null"
)
SHOW_SELLERS = command(
    """
    update order_rating set seller_shown_at = $3, version = version + 1
    where bkt = $1 and order_id = $2 and seller_shown_at is null and seller_result <> ''
    """
)
DEFAULT_SELLERS = command(
    """
    update order_rating set seller_result = 'good', is_seller_default = true, seller_rated_at = $3,
        version = version + 1
    where bkt = $1 and order_id = $2 and seller_result = ''
    """
)
SET_DUE = command("update order_rating set due_at = $3 where bkt = $1 and order_id = $2")
PUT_DEFAULT = command(
    """
    insert into review (bkt, review_id, order_id, line_id, member_id, shop_id, product_id, version, result, labels,
        titles, author, is_anonymous, is_default, written_at, shown_at)
    values ($1, $2, $3, $4, $5, $6, $7, 1, 'good', $8, $9, '', true, true, $10, $10) on conflict do nothing
    """
)


class DueRating(msgspec.Struct, frozen=True):
    """An order whose ratings' clock has run out."""

    bkt: int
    order_id: int


DUE = rows(DueRating, "select bkt, order_id from order_rating where due_at <= $1 order by due_at limit 500")


async def open_rating(tx: Tx, order_id: int, finished_at: datetime) -> None:
    """An order has succeeded: both sides may say how it was, for some days."""
    order = await own_order(tx, SYSTEM, order_id, "read")
    rules, scope = await get_rules(tx), Scope(order.storefront_id)
    closes = finished_at + timedelta(days=rules.value(WINDOW_DAYS, finished_at, scope))
    await tx.run(
        OPEN, tx.bucket, order_id, order.member_id, order.shop_id, order.storefront_id,
        rules.value(IS_MUTUAL, finished_at, scope), finished_at, closes,
    )  # fmt: skip


def next_due(rating: OrderRating, now: datetime, *, has_buyer: bool, has_seller: bool, rules: Rules) -> datetime | None:
    """When the clock of an order's ratings fires next.

    At the end of the window, or some hours after both have spoken.
    """
    if rating.due_at is None:
        return None
    if not (has_buyer and has_seller):
        return rating.closes_at
    hours = rules.value(REVEAL_HOURS, now, Scope(rating.storefront_id))
    return min(rating.closes_at, rating.due_at, now + timedelta(hours=hours))


async def reveal_if_good(tx: Tx, order_id: int) -> None:
    """Show what needs no waiting: what is good, and everything where buyers alone rate."""
    rating = await tx.one(LOCK_RATING, tx.bucket, order_id)
    for review in await tx.all(OF_ORDER, tx.bucket, order_id):
        if review.shown_at is None and (review.result == "good" or not rating.is_mutual):
            await _show(tx, rating, review)
    if rating.seller_result == "good":
        await show_sellers(tx, rating)


async def show_sellers(tx: Tx, rating: OrderRating) -> None:
    """Show what the shop said of the buyer; from then on it counts for the buyer's credit."""
    if await tx.run(SHOW_SELLERS, tx.bucket, rating.order_id, tx.now):
        zone = (await get_storefronts(tx)).get(rating.storefront_id).zone
        month = f"{tx.now.astimezone(zone):%Y-%m}"
        await enter_credit(
            tx, rating.member_id, rating.shop_id, month, "", rating.seller_result, rating.storefront_id, BUYER_CREDIT
        )


async def _show(tx: Tx, rating: OrderRating, review: Review) -> None:
    await tx.run(SHOW, tx.bucket, review.review_id, tx.now)
    tell_changed(tx, rating, review.review_id)


async def run_due_ratings(db: Db) -> int:
    """Reveal and decide by silence what is due, each order in its own transaction; answers how many were found."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)

    async def settle(each: DueRating) -> None:
        async with db.begin(each.bkt) as tx:
            await _settle(tx, each.order_id)

    await one_by_one(due, settle)
    return len(due)


async def _settle(tx: Tx, order_id: int) -> None:
    rating = await tx.one(LOCK_RATING, tx.bucket, order_id)
    if rating.due_at is None or rating.due_at > tx.now:
        return
    reviews = await tx.all(OF_ORDER, tx.bucket, order_id)
    for review in reviews:
        if review.shown_at is None:
            await _show(tx, rating, review)
    await show_sellers(tx, rating)
    if tx.now < rating.closes_at:
        await tx.run(SET_DUE, tx.bucket, order_id, rating.closes_at)
        return
    if rating.is_mutual:
        await _let_silence_speak(tx, rating, reviews)
    await tx.run(SET_DUE, tx.bucket, order_id, None)


async def _let_silence_speak(tx: Tx, rating: OrderRating, reviews: Sequence[Review]) -> None:
    """One said good and the other nothing: good as well, for credit and without scores. Anything else: nothing."""
    has_buyer = any(not each.is_default for each in reviews)
    if rating.seller_result == "good" and not has_buyer:
        order = await own_order(tx, SYSTEM, rating.order_id, "read")
        await _write_defaults(tx, rating, order)
    elif not rating.seller_result and has_buyer and all(each.result == "good" for each in reviews):
        await tx.run(DEFAULT_SELLERS, tx.bucket, rating.order_id, tx.now)
        await show_sellers(tx, msgspec.structs.replace(rating, seller_result="good"))


async def _write_defaults(tx: Tx, rating: OrderRating, order: ShopOrder) -> None:
    for line in await lines_of(tx, order.order_id):
        if line.payable == 0 or line.left == 0:
            continue
        review_id = tx.new_id()
        written = await tx.run(
            PUT_DEFAULT, tx.bucket, review_id, order.order_id, line.line_id, rating.member_id, rating.shop_id,
            line.product_id, line.labels, line.titles, tx.now,
        )  # fmt: skip
        if written:
            tell_changed(tx, rating, review_id)
