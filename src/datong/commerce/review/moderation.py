"""Moderation: reviews that are held or reported are looked at by somebody, who lets them stand or removes them.

What nobody looks at in time stands: what staff leave undone takes no buyer's word away.

What is removed counts for nothing any more: credit and scores are what they would be without it.
Source: domain.md §33, 15.
"""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.review.edit_review import lock_review
from datong.commerce.review.events import tell_changed
from datong.commerce.review.queries import GET
from datong.commerce.review.text_policy import plain
from datong.commerce.review.time_limits import LOOK_DAYS
from datong.commerce.review.write_review import ReviewOver
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotFound
from datong.kernel.sql import command, rows
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

LET_STAND = command(
    """
    update review set is_held = false, look_at = null, version = version + 1
    where bkt = $1 and review_id = $2 and look_at is not null
    """
)
REMOVE = command(
    """
    update review set removed_at = $3, remove_reason = $4, look_at = null, version = version + 1
    where bkt = $1 and review_id = $2 and removed_at is null
    """
)


class DueLook(msgspec.Struct, frozen=True):
    """A review that has waited too long to be looked at."""

    bkt: int
    review_id: int
    order_id: int


DUE_LOOKS = rows(DueLook, "select bkt, review_id, order_id from review where look_at <= $1 order by look_at limit 200")


async def run_due_looks(db: Db) -> int:
    """Let stand what nobody has looked at in time, each by itself; answers how many were found.

    What was held is shown with its order's other reviews. Whoever finds fault with it reports it anew.
    """
    async with db.read() as tx:
        due = await tx.all(DUE_LOOKS, await _held_before(tx))

    async def let_stand(each: DueLook) -> None:
        async with db.begin(each.bkt) as tx:
            rating, review = await lock_review(tx, each.review_id, each.order_id)
            if review.look_at is None or review.look_at > await _held_before(tx):
                return
            await tx.run(LET_STAND, tx.bucket, each.review_id)
            tell_changed(tx, rating, each.review_id)

    await one_by_one(due, let_stand)
    return len(due)


async def _held_before(tx: Tx) -> datetime:
    return tx.now - timedelta(days=(await get_rules(tx)).value(LOOK_DAYS, tx.now))


@use_case("review_id")
async def moderate(tx: Tx, actor: Actor, review_id: int, *, is_removed: bool, reason: str = "") -> None:
    """Let a review stand, or remove it and say why. Refuses `ReviewOver` when somebody has decided already."""
    actor.must("operator:review:moderate")
    seen = await tx.maybe(GET, bucket_of(review_id), review_id)
    if seen is None:
        raise NotFound("review", review_id)
    words = plain(reason, "reason", is_needed=is_removed)
    rating, _ = await lock_review(tx, review_id, seen.order_id)
    args = (tx.now, words) if is_removed else ()
    if not await tx.run(REMOVE if is_removed else LET_STAND, tx.bucket, review_id, *args):
        raise ReviewOver
    tell_changed(tx, rating, review_id)
