"""A quote and how it adds up: pure.

A line costs price times quantity; cuts lower it, each naming its rule, version and funder. An order is
its lines plus freight; a purchase is its orders. Every sum is of whole minor units, nothing is rounded.
"""

import msgspec

from datong.commerce.catalog import Offer
from datong.commerce.pricing.freight import FreightTemplate
from datong.facts.order import NO_SOURCE, LineSource
from datong.kernel.money import Money


class AgreedTerms(msgspec.Struct, frozen=True):
    """What a shop and a buyer agreed on earlier, and is kept whatever the shop offers now."""

    offer: Offer
    freight: FreightTemplate | None
    """None: delivery costs nothing."""


class LineRequest(msgspec.Struct, frozen=True):
    """What someone wants: a SKU of a product, and how many."""

    product_id: int
    sku_id: int
    quantity: int
    token: str = ""
    """What a line carries to be sold under special terms, such as a live session's token."""
    hold_id: int = 0
    """Held already, under this hold."""
    prepaid: int = 0
    """Paid already; what else is taken off never comes near it."""
    deposit_id: int = 0
    source: LineSource = NO_SOURCE
    agreed: AgreedTerms | None = None
    """Its offer and freight terms, if they were agreed on; None: those of this moment."""


class PriceAdjustment(msgspec.Struct, frozen=True):
    """What lowered a line's price: the tool with its version and layer, who pays for it, and how much."""

    rule: str
    version: int
    funder: str
    amount: int
    layer: str = ""
    titles: dict[str, str] = {}


class QuoteLine(msgspec.Struct, frozen=True):
    """One line: its offer as it stands, and its amounts in minor units."""

    sku_id: int
    product_id: int
    product_version: int
    category_id: int
    titles: dict[str, str]
    labels: dict[str, str]
    picture: str
    quantity: int
    unit_price: int
    cuts: list[PriceAdjustment]
    is_gift: bool = False
    hold_id: int = 0
    prepaid: int = 0
    deposit_id: int = 0
    source: LineSource = NO_SOURCE
    method: str = "parcel"
    """How it reaches the buyer: the name of a `catalog.FulfilmentMethod`."""

    @property
    def goods(self) -> int:
        """Price times quantity."""
        return self.unit_price * self.quantity

    @property
    def payable(self) -> int:
        """What the buyer pays for this line."""
        goods = self.unit_price * self.quantity
        return goods - sum([cut.amount for cut in self.cuts]) if self.cuts else goods


class ShopQuote(msgspec.Struct, frozen=True):
    """One shop's part: it becomes one order."""

    shop_id: int
    storefront_id: int
    shop_names: dict[str, str]
    lines: list[QuoteLine]
    freight: int
    vouchers: list[int] = []
    """Vouchers that lowered something here."""
    coins: int = 0
    limited: list[int] = []
    """Promotions whose uses are counted."""
    is_activity: bool = False
    """Whether the price of an official activity works on something here."""

    @property
    def prepaid(self) -> int:
        """What was paid already, as deposits."""
        return sum([line.prepaid for line in self.lines])

    @property
    def deposits(self) -> list[int]:
        """The deposits in it."""
        return [line.deposit_id for line in self.lines if line.deposit_id]

    @property
    def subsidy(self) -> int:
        """What the platform pays of the cuts."""
        return sum([cut.amount for line in self.lines for cut in line.cuts if cut.funder == "platform"])

    @property
    def goods(self) -> int:
        """The goods before any cut."""
        return sum([line.unit_price * line.quantity for line in self.lines])

    @property
    def saved(self) -> int:
        """All cuts together."""
        return sum(cut.amount for line in self.lines for cut in line.cuts)

    @property
    def total(self) -> int:
        """What the buyer pays this shop."""
        return sum([line.payable for line in self.lines]) + self.freight


class Unavailable(msgspec.Struct, frozen=True):
    """Something wanted that cannot be bought now, and the reason's code."""

    sku_id: int
    product_id: int
    reason: str
    source: LineSource = NO_SOURCE


class DiscountResult(msgspec.Struct, frozen=True):
    """A tool that lowered the price, or gave something along, and by how much in all."""

    tool_id: int
    version: int
    owner_id: int
    layer: str
    titles: dict[str, str]
    amount: int
    is_voucher: bool


class UpsellHint(msgspec.Struct, frozen=True):
    """What is missing for more: so much money or so many pieces, at a shop (0: anywhere in reach), for this cut."""

    tool_id: int
    shop_id: int
    titles: dict[str, str]
    amount: int
    pieces: int
    kind: str
    value: int


class BudgetUse(msgspec.Struct, frozen=True):
    """What one order takes of one limited promotion."""

    promotion_id: int
    owner_id: int
    shop_id: int
    amount: int
    uses: int


class Quote(msgspec.Struct, frozen=True):
    """What all of it costs at this moment, under which version of the rules."""

    currency: str
    shops: list[ShopQuote]
    unavailable: list[Unavailable]
    rules_version: int
    region: str
    tools: list[DiscountResult] = []
    hints: list[UpsellHint] = []
    uses: list[BudgetUse] = []

    @property
    def saved(self) -> int:
        """All cuts together."""
        return sum(shop.saved for shop in self.shops)

    @property
    def total(self) -> Money:
        """What the buyer pays in all."""
        return Money(sum([shop.total for shop in self.shops]), self.currency)

    @property
    def due(self) -> Money:
        """What is still to be paid: the total less deposits."""
        return Money(self.total.amount - sum(shop.prepaid for shop in self.shops), self.currency)

    def quantities(self) -> dict[int, int]:
        """How many of each SKU are to be held."""
        found: dict[int, int] = {}
        for shop in self.shops:
            for line in shop.lines:
                if line.hold_id:
                    continue
                found[line.sku_id] = found.get(line.sku_id, 0) + line.quantity
        return found
