"""Facts of refund cases and disputes. All of one purchase are told in its order."""

from datetime import datetime

from datong.kernel.fact import Fact
from datong.kernel.money import Money


class _OfCase(Fact, frozen=True):
    purchase_id: int
    case_id: int
    order_id: int
    shop_id: int

    @property
    def owner_id(self) -> int:
        """The purchase, whose facts keep their order."""
        return self.purchase_id


class RefundOpened(_OfCase, frozen=True):
    """A buyer asks for money, another piece or the missing parcel."""

    member_id: int
    line_id: int
    product_id: int
    kind: str
    reason: str
    is_quality: bool
    is_after_success: bool
    amount: Money
    opened_at: datetime


class RefundChanged(_OfCase, frozen=True):
    """A case moved; read it for the rest."""

    member_id: int = 0
    side: str = ""
    """Who moved it: buyer, seller, platform or clock; late: the platform is past its time."""


class RefundEnded(_OfCase, frozen=True):
    """A case has ended: SUCCESS or CLOSED, and by what."""

    member_id: int
    line_id: int
    product_id: int
    kind: str
    reason: str
    state: str
    end_reason: str
    is_disputed: bool
    opened_at: datetime
    ended_at: datetime


class DisputeDecided(_OfCase, frozen=True):
    """The platform has decided between buyer and seller; `winner` is buyer or seller.

    Told once more if an appeal changes it.
    """

    member_id: int
    product_id: int
    outcome: str
    winner: str
    is_appeal: bool
    decided_at: datetime


class ShopAdjusted(_OfCase, frozen=True):
    """What a case brings a shop beside the refund itself: `earned` is on its way to its balance (below zero.

    From it).
    """

    kind: str
    earned: Money
