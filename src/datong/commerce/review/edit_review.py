"""Second thoughts: neutral or bad made good or taken back, once; and one follow-up, which changes no score."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from datong.adapters.object_store import Objects
from datong.commerce.review.events import tell_changed
from datong.commerce.review.queries import LOCK, LOCK_RATING, RATING, OrderRating, Review, get_own_review
from datong.commerce.review.text_policy import asks_for_a_look, plain
from datong.commerce.review.time_limits import CHANGE_DAYS, FOLLOW_UP_DAYS, MAY_CHANGE, WATCHED
from datong.commerce.review.write_review import ReviewOver, convert_pictures, pictures_by_key
from datong.commerce.rulebook import Parameter, Rules, Scope, get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MAKE_GOOD = command(
    """
    update review set result = 'good', text = $3, changed_at = $4, version = version + 1, is_held = is_held or $5,
        look_at = case when $5 then $4 else look_at end, look_reason = case when $5 then 'watched' else look_reason end
    where bkt = $1 and review_id = $2
    """
)
TAKE_BACK = command(
    """
    update review set removed_at = $3, remove_reason = 'taken_back', changed_at = $3, version = version + 1,
        look_at = null
    where bkt = $1 and review_id = $2
    """
)
FOLLOW_UP = command(
    """
    update review set follow_up = $3, follow_up_pictures = $4, followed_up_at = $5, version = version + 1,
        is_held = is_held or $6, look_at = case when $6 then $5 else look_at end,
        look_reason = case when $6 then 'watched' else look_reason end
    where bkt = $1 and review_id = $2
    """
)


async def lock_review(tx: Tx, review_id: int, order_id: int) -> tuple[OrderRating, Review]:
    """The ratings of an order and one of its reviews, under their locks, in this order."""
    rating = await tx.one(LOCK_RATING, bucket_of(order_id), order_id)
    return rating, await tx.one(LOCK, bucket_of(review_id), review_id)


async def _own(tx: Tx, actor: Actor, review_id: int) -> tuple[OrderRating, Review, Rules]:
    seen = await get_own_review(tx, actor, review_id)
    rating, review = await lock_review(tx, review_id, seen.order_id)
    return rating, review, await get_rules(tx)


def within(rules: Rules, parameter: Parameter[int], rating: OrderRating, since: datetime, now: datetime) -> bool:
    """Whether so many days since an instant are not over."""
    return now < since + timedelta(days=rules.value(parameter, now, Scope(rating.storefront_id)))


def _may_change(rules: Rules, rating: OrderRating, review: Review, now: datetime) -> bool:
    is_on = rules.value(MAY_CHANGE, now, Scope(rating.storefront_id)) and within(
        rules, CHANGE_DAYS, rating, review.written_at, now
    )
    return is_on and review.changed_at is None and review.result != "good" and review.removed_at is None


@use_case("review_id")
async def make_good(tx: Tx, actor: Actor, review_id: int, text: str) -> None:
    """Make a neutral or bad review good, in other words if wished.

    Refuses `ReviewOver` a second time, later, or on the mall.
    """
    rating, review, rules = await _own(tx, actor, review_id)
    if not _may_change(rules, rating, review, tx.now):
        raise ReviewOver
    words = plain(text)
    is_held = asks_for_a_look(words, rules.value(WATCHED, tx.now, Scope(rating.storefront_id)))
    await tx.run(MAKE_GOOD, tx.bucket, review_id, words, tx.now, is_held)
    tell_changed(tx, rating, review_id)


@use_case("review_id")
async def take_back(tx: Tx, actor: Actor, review_id: int) -> None:
    """Take a neutral or bad review back; it counts for nothing any more. Refuses as `make_good` does."""
    rating, review, rules = await _own(tx, actor, review_id)
    if not _may_change(rules, rating, review, tx.now):
        raise ReviewOver
    await tx.run(TAKE_BACK, tx.bucket, review_id, tx.now)
    tell_changed(tx, rating, review_id)


async def follow_up(
    db: Db, objects: Objects, actor: Actor, review_id: int, text: str, pictures: Sequence[bytes] = ()
) -> None:  # fmt: skip
    """Say once more how it is, after some use. It changes no score. Refuses `ReviewOver` a second time or too late."""
    async with db.read() as tx:
        seen = await get_own_review(tx, actor, review_id)
        rated = await tx.one(RATING, bucket_of(seen.order_id), seen.order_id)
        rules = await get_rules(tx)
    if seen.followed_up_at is not None:
        raise ReviewOver
    words = plain(text, is_needed=True)
    made = await convert_pictures(pictures, rules, Scope(rated.storefront_id), db)
    # Not taken away again if this is refused: the keys are the review's, and another attempt may have just named them.
    for key, body in pictures_by_key(review_id, "follow", made).items():
        await objects.put(key, body)
    async with db.begin(bucket_of(review_id)) as tx:
        rating, review = await lock_review(tx, review_id, seen.order_id)
        is_open = within(rules, FOLLOW_UP_DAYS, rating, rating.finished_at, tx.now)
        if review.followed_up_at is not None or review.removed_at is not None or not is_open:
            raise ReviewOver
        is_held = asks_for_a_look(words, rules.value(WATCHED, tx.now, Scope(rating.storefront_id)))
        await tx.run(FOLLOW_UP, tx.bucket, review_id, words, len(made), tx.now, is_held)
        tell_changed(tx, rating, review_id)
