"""Facts of orders. All of one purchase are told in its order and delivered in it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.kernel.fact import Fact
from datong.kernel.money import Money


class LineSource(msgspec.Struct, frozen=True):
    """Where a line came from: a kind (`campaign`, `live`, `publisher`, …), what of it, and a token of that visit.

    Empty: nowhere in particular. It travels from the cart to the order line, the facts and the settlement.
    """

    kind: str = ""
    ref: str = ""
    token: str = ""

    def __bool__(self) -> bool:
        return bool(self.kind)


NO_SOURCE = LineSource()


class SettlementPartFact(msgspec.Struct, frozen=True):
    """What of a finished order goes to somebody beside its shop and the platform (below zero: is taken back)."""

    name: str
    account: str
    payee_id: int
    amount: int


class OrderLineFact(msgspec.Struct, frozen=True):
    """One line: what and how many."""

    line_id: int
    sku_id: int
    product_id: int
    quantity: int
    hold_id: int = 0
    """The hold of its own that a line came with (a deposit's); 0: the purchase's."""
    source: LineSource = NO_SOURCE


class AdjustmentFact(msgspec.Struct, frozen=True):
    """What one promotion or voucher lowered an order by, and at whose cost."""

    tool_id: int
    is_promotion: bool
    funder: str
    amount: int


class OrderRef(msgspec.Struct, frozen=True):
    """An order and its shop."""

    order_id: int
    shop_id: int


class _OfPurchase(Fact, frozen=True):
    purchase_id: int

    @property
    def owner_id(self) -> int:
        """The purchase."""
        return self.purchase_id


class PurchasePlaced(_OfPurchase, frozen=True):
    """A buyer promised to pay; the stock held under `hold_id` belongs to the orders of this purchase now."""

    member_id: int
    hold_id: int
    sku_ids: list[int]
    orders: list[OrderRef]
    placed_at: datetime
    promotion_ids: Sequence[int] = ()
    """Limited promotions of which uses are held for it."""


class OrderChanged(_OfPurchase, frozen=True):
    """Something else about an order moved: a deadline, a delivery, its price; read it for the rest."""

    order_id: int
    shop_id: int
    member_id: int = 0
    change: str = ""
    """delivered, collected, repriced, ship_late or unsent_refunded, where buyer or shop should hear of it."""


class OrderPaid(_OfPurchase, frozen=True):
    """The buyer's money for this order is in escrow."""

    order_id: int
    shop_id: int
    member_id: int
    hold_id: int
    amount: Money
    lines: list[OrderLineFact]
    paid_at: datetime


class OrderClosed(_OfPurchase, frozen=True):
    """The order ended without success, before payment or (was_paid) after it by a full refund.

    `lines` are those whose stock is free with it.
    """

    order_id: int
    shop_id: int
    hold_id: int
    was_paid: bool
    lines: list[OrderLineFact]
    closed_at: datetime
    promotion_ids: Sequence[int] = ()
    member_id: int = 0


class OrderShipped(_OfPurchase, frozen=True):
    """Some or (is_complete) all of the order is handed over: on its way, ready to collect, delivered, performed."""

    order_id: int
    shop_id: int
    parcel_id: int
    is_complete: bool
    shipped_at: datetime
    member_id: int = 0
    method: str = "parcel"
    """How it was handed over; `parcel_id` is the hand-over's id."""


class OrderFinished(_OfPurchase, frozen=True):
    """The trade succeeded; its escrow is split. `earned` is on its way to the shop's balance."""

    order_id: int
    shop_id: int
    member_id: int
    paid: Money
    commission: Money
    earned: Money
    lines: list[OrderLineFact]
    finished_at: datetime
    cuts: Sequence[AdjustmentFact] = ()
    parts: Sequence[SettlementPartFact] = ()


class RefundedLine(msgspec.Struct, frozen=True):
    """What was given back of a line: pieces, minor units, and whether nothing of it stays bought."""

    line_id: int
    sku_id: int
    product_id: int
    pieces: int
    amount: int
    is_full: bool
    hold_id: int = 0


class OrderRefunded(_OfPurchase, frozen=True):
    """Money of an order goes back to the buyer. `earned` is on its way to the shop's balance (below zero: from it).

    Of a gift that was not sent it is nothing. `cuts` and `commission_undone` are what settlement had given and is taken
    back with it.
    """

    order_id: int
    shop_id: int
    member_id: int
    hold_id: int
    case_id: int
    amount: Money
    earned: Money
    commission_undone: Money
    line: RefundedLine
    is_restocked: bool
    is_after_success: bool
    refunded_at: datetime
    cuts: Sequence[AdjustmentFact] = ()
    parts: Sequence[SettlementPartFact] = ()


class DepositPlaced(Fact, frozen=True):
    """A buyer promised a deposit; the stock held under `hold_id` is kept for it."""

    deposit_id: int
    hold_id: int
    sku_id: int

    @property
    def owner_id(self) -> int:
        """The deposit."""
        return self.deposit_id


class DepositEnded(Fact, frozen=True):
    """A deposit came to nothing. `earned` is on its way to the shop's balance (below zero: from it)."""

    deposit_id: int
    shop_id: int
    hold_id: int
    sku_id: int
    outcome: str
    earned: Money
    member_id: int = 0

    @property
    def owner_id(self) -> int:
        """The deposit."""
        return self.deposit_id
