"""Facts of parcels and of digital goods."""

from datetime import datetime

import msgspec

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


class DigitalLine(msgspec.Struct, frozen=True):
    """A paid line of digital goods."""

    line_id: int
    sku_id: int
    quantity: int


class _OfPurchase(Fact, frozen=True):
    purchase_id: int

    @property
    def owner_id(self) -> int:
        """The purchase, whose facts keep their order."""
        return self.purchase_id


class DigitalGoodsDue(_OfPurchase, frozen=True):
    """Lines of digital goods were paid; their contents are to be taken from what the shop has laid ready."""

    order_id: int
    shop_id: int
    lines: list[DigitalLine]


class DigitalGoodsTaken(Fact, frozen=True):
    """Contents were taken for a line; the order is to record them. The contents themselves are never in a fact."""

    purchase_id: int
    order_id: int
    shop_id: int
    line_id: int
    item_ids: list[int]

    @property
    def owner_id(self) -> int:
        """The first of the contents, which are in the bucket of their shop."""
        return self.item_ids[0]


class DigitalGoodsReturned(_OfPurchase, frozen=True):
    """A line could not take its contents any more; they are free for others."""

    order_id: int
    shop_id: int
    line_id: int
    item_ids: list[int]
