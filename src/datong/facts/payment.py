"""Facts of money."""

from datetime import datetime

from datong.kernel.fact import Fact
from datong.kernel.money import Money


class PayoutPaid(Fact, frozen=True):
    """A shop's money reached its bank."""

    payout_id: int
    shop_id: int
    amount: Money
    paid_at: datetime

    @property
    def owner_id(self) -> int:
        """The shop."""
        return self.shop_id
