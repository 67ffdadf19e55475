"""News of reviews, for the shop's side and whoever measures."""

from datong.commerce.review.queries import OrderRating
from datong.facts.review import ReviewChanged
from datong.kernel.tx import Tx


def tell_changed(tx: Tx, rating: OrderRating, review_id: int, *, is_new: bool = False, is_reply: bool = False) -> None:
    """A review was written, shown, changed, answered or removed: whoever keeps a copy reads it again."""
    tx.emit(
        ReviewChanged(
            order_id=rating.order_id, review_id=review_id, shop_id=rating.shop_id, member_id=rating.member_id,
            changed_at=tx.now, is_new=is_new, is_reply=is_reply,
        )
    )  # fmt: skip
