"""Facts of reviews and of what they make of shops."""

from datetime import datetime

from datong.kernel.fact import Fact


class ReviewChanged(Fact, frozen=True):
    """A review was written, shown, changed, answered or removed; read it for the rest."""

    order_id: int
    review_id: int
    shop_id: int
    member_id: int
    changed_at: datetime
    is_new: bool = False
    is_reply: bool = False

    @property
    def owner_id(self) -> int:
        """The order, whose reviews keep their order."""
        return self.order_id


class ShopScored(Fact, frozen=True):
    """A shop's mean scores of the last months were worked out anew, in hundredths."""

    shop_id: int
    score: int
    ratings: int
    scored_at: datetime

    @property
    def owner_id(self) -> int:
        """The shop."""
        return self.shop_id
