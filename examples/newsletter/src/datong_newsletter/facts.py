"""What has happened to subscriptions."""

from datetime import datetime

from datong.kernel.fact import Fact
from datong.kernel.money import Money


class _OfSubscription(Fact, frozen=True):
    subscription_id: int
    member_id: int

    @property
    def owner_id(self) -> int:
        """The subscription."""
        return self.subscription_id


class SubscriptionPaid(_OfSubscription, frozen=True):
    """A member has paid for another period."""

    amount: Money
    paid_until: datetime


class SubscriptionEnded(_OfSubscription, frozen=True):
    """A period ended and nobody paid for the next."""

    ended_at: datetime
