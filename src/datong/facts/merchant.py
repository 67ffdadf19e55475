"""Facts of merchants and their shops."""

from datetime import datetime

from datong.kernel.fact import Fact
from datong.kernel.money import Money


class ShopOpened(Fact, frozen=True):
    """A shop has met every condition of its entry and trades."""

    shop_id: int
    storefront_id: int
    opened_at: datetime

    @property
    def owner_id(self) -> int:
        """The shop."""
        return self.shop_id


class ShopStateChanged(Fact, frozen=True):
    """A shop was restricted, let back or refused; read it for what it is by now."""

    shop_id: int
    storefront_id: int
    state: str
    changed_at: datetime

    @property
    def owner_id(self) -> int:
        """The shop."""
        return self.shop_id


class ApplicationEnded(Fact, frozen=True):
    """An application came to nothing by the clock; `deposit` and `fee` are what was paid in, and is its own again."""

    shop_id: int
    state: str
    reason: str
    deposit: Money
    fee: Money
    ended_at: datetime

    @property
    def owner_id(self) -> int:
        """The shop."""
        return self.shop_id


class StaffChanged(Fact, frozen=True):
    """Someone's role in a shop was given, changed or (empty) taken away."""

    shop_id: int
    member_id: int
    role: str

    @property
    def owner_id(self) -> int:
        """The shop."""
        return self.shop_id
