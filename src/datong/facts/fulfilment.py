"""Facts of parcels."""

from datetime import datetime

from datong.kernel.fact import Fact


class ParcelDelivered(Fact, frozen=True):
    """The courier says that the parcel was signed for."""

    parcel_id: int
    order_id: int
    purchase_id: int
    delivered_at: datetime
    kind: str = "OUT"
    """OUT and REPLACEMENT went to the buyer, RETURN to the shop."""
    case_id: int = 0

    @property
    def owner_id(self) -> int:
        """The purchase, whose facts keep their order."""
        return self.purchase_id
