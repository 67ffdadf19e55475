"""Moderation: reviews that are held or reported are looked at by somebody, who lets them stand or removes them.

What is removed counts for nothing any more: credit and scores are what they would be without it.
Source: domain.md §33, 15.
"""

from datong.commerce.review.edit_review import lock_review
from datong.commerce.review.events import tell_changed
from datong.commerce.review.queries import GET
from datong.commerce.review.text_policy import plain
from datong.commerce.review.write_review import ReviewOver
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotFound
from datong.kernel.sql import command
from datong.kernel.tx import Tx
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
