"""The shop's word: a reply under a review, its rating of the buyer, and a review it asks the platform to look at."""

from datong.commerce.review.edit_review import lock_review, within
from datong.commerce.review.events import tell_changed
from datong.commerce.review.publish_reviews import next_due, reveal_if_good
from datong.commerce.review.queries import GET, LOCK_RATING, RATING, RESULTS
from datong.commerce.review.text_policy import plain
from datong.commerce.review.time_limits import REPLY_DAYS
from datong.commerce.review.write_review import ReviewOver
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

REPLY = command(
    "update review set reply = $3, replied_at = $4, version = version + 1 where bkt = $1 and review_id = $2"
)
RATE = command(
    """
    update order_rating set seller_result = $3, seller_text = $4, seller_rated_at = $5, due_at = $6,
        version = version + 1
    where bkt = $1 and order_id = $2
    """
)
REPORT = command(
    """
    update review set look_at = $3, look_reason = $4, version = version + 1
    where bkt = $1 and review_id = $2 and look_at is null
    """
)
MAX_REASON = 200


@use_case("review_id")
async def reply(tx: Tx, actor: Actor, review_id: int, text: str) -> None:
    """Answer a shown review, once, within its days, and not after a follow-up. Refuses `ReviewOver`."""
    seen = await tx.maybe(GET, bucket_of(review_id), review_id)
    if seen is None or not seen.is_shown or not actor.may("shop:review:reply", seen.shop_id):
        raise NotFound("review", review_id)
    words = plain(text, is_needed=True)
    rating, review = await lock_review(tx, review_id, seen.order_id)
    is_open = within(await get_rules(tx), REPLY_DAYS, rating, review.shown_at or review.written_at, tx.now)
    if review.replied_at is not None or review.followed_up_at is not None or not is_open:
        raise ReviewOver
    await tx.run(REPLY, tx.bucket, review_id, words, tx.now)
    tell_changed(tx, rating, review_id, is_reply=True)


@use_case("order_id")
async def rate_buyer(tx: Tx, actor: Actor, order_id: int, result: str, text: str = "") -> None:
    """The shop says how the buyer was, once, by its own name.

    Refuses `ReviewOver` after the window and where buyers alone rate.
    """
    seen = await tx.maybe(RATING, bucket_of(order_id), order_id)
    if seen is None or not actor.may("shop:review:reply", seen.shop_id):
        raise NotFound("order", order_id)
    if result not in RESULTS:
        raise Invalid("result", ", ".join(RESULTS))
    words = plain(text, is_needed=result != "good")
    rating = await tx.one(LOCK_RATING, tx.bucket, order_id)
    if not rating.is_mutual or rating.seller_rated_at is not None or tx.now >= rating.closes_at:
        raise ReviewOver
    rules = await get_rules(tx)
    due = next_due(rating, tx.now, has_buyer=rating.buyer_rated_at is not None, has_seller=True, rules=rules)
    await tx.run(RATE, tx.bucket, order_id, result, words, tx.now, due)
    await reveal_if_good(tx, order_id)


@use_case("review_id")
async def report_review(tx: Tx, actor: Actor, review_id: int, reason: str) -> None:
    """Ask the platform to look at a shown review; it stays shown until somebody has decided."""
    seen = await tx.maybe(GET, bucket_of(review_id), review_id)
    if seen is None or not seen.is_shown or not actor.may("shop:review:reply", seen.shop_id):
        raise NotFound("review", review_id)
    words = plain(reason, "reason", is_needed=True)
    if len(words) > MAX_REASON:
        raise Invalid("reason", f"at most {MAX_REASON} characters")
    rating, _ = await lock_review(tx, review_id, seen.order_id)
    await tx.run(REPORT, tx.bucket, review_id, tx.now, words)
    tell_changed(tx, rating, review_id)
