"""What the API sends: ids as decimal strings (JavaScript stops at 2^53), amounts in minor units with their currency."""

from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from datong.commerce import cart, catalog, order, pricing
from datong.commerce.fulfilment import Parcel, TrackingEvent
from datong.commerce.member import Address
from datong.commerce.merchant import Shop
from datong.commerce.payment import Refund
from datong.facts.order import LineSource
from datong.kernel.money import Money
from datong.surfaces.fulfilment.handover_view import HandoverView, handover_view

Item = TypeVar("Item")
Texts = dict[str, str]


class PageView(msgspec.Struct, Generic[Item], frozen=True):
    """Some rows; `next_cursor` is empty on the last page."""

    items: list[Item]
    next_cursor: str


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: str


class AddressView(msgspec.Struct, frozen=True):
    """An address of the member."""

    id: str
    receiver: str
    phone: str
    region: str
    city: str
    street: str
    is_default: bool


def address_view(address: Address) -> AddressView:
    """As kept."""
    return AddressView(
        str(address.address_id), address.receiver, address.phone, address.region, address.city, address.street,
        address.is_default,
    )  # fmt: skip


class ShopCard(msgspec.Struct, frozen=True):
    """A shop as everyone sees it."""

    id: str
    storefront_id: str
    names: Texts
    slug: str
    kind: str
    state: str
    ships_from: str


def shop_card(shop: Shop) -> ShopCard:
    """As everyone sees it."""
    return ShopCard(
        str(shop.shop_id), str(shop.storefront_id), shop.names, shop.slug, shop.kind, shop.state, shop.ships_from
    )


class ProductCard(msgspec.Struct, frozen=True):
    """A product in a list; prices in minor units of its storefront's currency."""

    id: str
    shop_id: str
    storefront_id: str
    titles: Texts
    picture: str
    price_min: int
    price_max: int
    sold_count: int


def product_card(card: catalog.Card) -> ProductCard:
    """As in a list."""
    return ProductCard(
        str(card.product_id), str(card.shop_id), str(card.storefront_id), card.titles, card.picture or "",
        card.price_min, card.price_max, card.sold_count,
    )  # fmt: skip


class SkuView(msgspec.Struct, frozen=True):
    """A SKU with its list price and how many are free."""

    id: str
    labels: Texts
    sale_key: str
    price: int
    free: int


class ProductPage(msgspec.Struct, frozen=True):
    """A product's page."""

    id: str
    shop: ShopCard
    category_id: str
    brand: Texts
    titles: Texts
    points: Texts
    description: Texts
    pictures: list[str]
    props: dict[str, Any]
    currency: str
    sold_count: int
    is_on_sale: bool
    version: int
    skus: list[SkuView]


class LineView(msgspec.Struct, frozen=True):
    """A line of a quote or an order."""

    sku_id: str
    product_id: str
    titles: Texts
    labels: Texts
    picture: str
    quantity: int
    unit_price: int
    goods: int
    payable: int
    cuts: list[dict[str, Any]]
    id: str = ""
    parcel_id: str = ""
    """The parcel or other hand-over by which it left."""
    method: str = "parcel"
    state: str = ""
    """Of a line of an order: WAITING, HANDED_OVER, RECEIVED or GIVEN_BACK."""


class ShopQuoteView(msgspec.Struct, frozen=True):
    """One shop's part of a quote."""

    shop_id: str
    storefront_id: str
    shop_names: Texts
    lines: list[LineView]
    goods: int
    saved: int
    freight: int
    total: int


class UnavailableView(msgspec.Struct, frozen=True):
    """Something that cannot be bought now, and why."""

    sku_id: str
    reason: str


class WorkedView(msgspec.Struct, frozen=True):
    """A promotion or voucher that lowered the price, and by how much in all."""

    id: str
    version: int
    owner_id: str
    layer: str
    titles: Texts
    amount: int
    is_voucher: bool


class HintView(msgspec.Struct, frozen=True):
    """So much money or so many pieces more, at this shop (0: anywhere in reach), and a promotion gives this."""

    id: str
    shop_id: str
    titles: Texts
    amount: int
    pieces: int
    kind: str
    value: int


class QuoteView(msgspec.Struct, frozen=True):
    """What all of it costs, shop by shop, why, and what is missing for more."""

    total: Money
    shops: list[ShopQuoteView]
    unavailable: list[UnavailableView]
    rules_version: int
    saved: int
    tools: list[WorkedView]
    hints: list[HintView]


def quote_view(quote: pricing.Quote) -> QuoteView:
    """A quote with its whole breakdown."""
    return QuoteView(
        quote.total,
        [
            ShopQuoteView(
                str(shop.shop_id), str(shop.storefront_id), shop.shop_names, [_quoted(line) for line in shop.lines],
                shop.goods, shop.saved, shop.freight, shop.total,
            )
            for shop in quote.shops
        ],
        [UnavailableView(str(each.sku_id), each.reason) for each in quote.unavailable],
        quote.rules_version,
        quote.saved,
        [
            WorkedView(
                str(each.tool_id), each.version, str(each.owner_id), each.layer, each.titles, each.amount,
                each.is_voucher
            )
            for each in quote.tools
        ],
        [
            HintView(str(each.tool_id), str(each.shop_id), each.titles, each.amount, each.pieces, each.kind, each.value)
            for each in quote.hints
        ],
    )  # fmt: skip


def _quoted(line: pricing.QuoteLine) -> LineView:
    return LineView(
        str(line.sku_id), str(line.product_id), line.titles, line.labels, line.picture, line.quantity,
        line.unit_price, line.goods, line.payable, [msgspec.structs.asdict(cut) for cut in line.cuts],
    )  # fmt: skip


class SourceView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a line came from: a kind, what of it, and the token of that visit."""

    kind: str
    ref: str = ""
    token: str = ""

    def as_source(self) -> LineSource:
        """As the mechanism takes it."""
        return LineSource(self.kind, self.ref, self.token)


class CartLineView(msgspec.Struct, frozen=True):
    """A line in the cart; `free` is how many could be bought."""

    sku_id: str
    product_id: str
    quantity: int
    is_ticked: bool
    free: int
    source: SourceView | None = None


class CartPage(msgspec.Struct, frozen=True):
    """The cart: its lines, and the quote of what is ticked (of the first currency, where it is of several)."""

    lines: list[CartLineView]
    quote: QuoteView
    is_mixed: bool = False
    """Whether goods of several currencies are ticked, which cannot be placed at once."""


def cart_page(view: cart.CartView) -> CartPage:
    """The cart as it stands."""
    lines = [
        CartLineView(
            str(line.sku_id), str(line.product_id), line.quantity, line.is_ticked,
            view.stock[line.sku_id].free if line.sku_id in view.stock else 0,
            SourceView(line.source_kind, line.source_ref, line.source_token) if line.source else None,
        )
        for line in view.lines
    ]  # fmt: skip
    return CartPage(lines, quote_view(view.ticked), view.is_mixed)


class ParcelView(msgspec.Struct, frozen=True):
    """A parcel and its steps, newest first."""

    id: str
    courier: str
    tracking_no: str
    state: str
    sent_at: datetime
    delivered_at: datetime | None
    events: list[dict[str, Any]]


class RefundView(msgspec.Struct, frozen=True):
    """Money on its way back, or back."""

    id: str
    amount: Money
    state: str


class OrderCard(msgspec.Struct, frozen=True):
    """An order without its lines; `due_at` is when its clock runs out."""

    id: str
    purchase_id: str
    shop_id: str
    storefront_id: str
    shop_names: Texts
    state: str
    goods: int
    freight: int
    total: Money
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    due_at: datetime | None


class OrderPage(msgspec.Struct, frozen=True):
    """An order with everything about it."""

    order: OrderCard
    address: dict[str, Any]
    note: str
    lines: list[LineView]
    parcels: list[ParcelView]
    refunds: list[RefundView]
    handovers: list[HandoverView] = []


class PurchasePage(msgspec.Struct, frozen=True):
    """A purchase: its orders, and what is still to be paid."""

    id: str
    total: Money
    due: Money
    orders: list[OrderCard]


def order_card(each: order.ShopOrder) -> OrderCard:
    """Without its lines."""
    return OrderCard(
        str(each.order_id), str(each.purchase_id), str(each.shop_id), str(each.storefront_id), each.shop_names,
        each.state, each.goods, each.freight, each.total, each.placed_at, each.paid_at, each.shipped_at,
        each.ended_at, each.end_reason, each.due_at,
    )  # fmt: skip


def _bought(line: order.OrderLine) -> LineView:
    return LineView(
        str(line.sku_id), str(line.product_id), line.titles, line.labels, line.picture, line.quantity,
        line.unit_price, line.goods, line.payable, line.cuts, str(line.line_id),
        str(line.parcel_id) if line.parcel_id else "", line.method, line.state,
    )  # fmt: skip


def parcel_view(parcel: Parcel, tracking: list[TrackingEvent]) -> ParcelView:
    """A parcel with its steps."""
    events = [
        {"code": each.code, "place": each.place, "happened_at": each.happened_at}
        for each in tracking
        if each.parcel_id == parcel.parcel_id
    ]
    return ParcelView(
        str(parcel.parcel_id), parcel.courier, parcel.tracking_no, parcel.state, parcel.sent_at,
        parcel.delivered_at, events,
    )  # fmt: skip


def refund_view(refund: Refund) -> RefundView:
    """Money on its way back."""
    return RefundView(str(refund.refund_id), Money(refund.amount, refund.currency), refund.state)


def order_page(view: order.OrderView) -> OrderPage:
    """With everything about it, but nobody's ids: the address as it was placed."""
    address = {name: value for name, value in view.order.address.items() if name not in {"address_id", "is_default"}}
    return OrderPage(
        order_card(view.order),
        address,
        view.order.note,
        [_bought(line) for line in view.lines],
        [parcel_view(parcel, view.tracking) for parcel in view.parcels],
        [refund_view(refund) for refund in view.refunds],
        [handover_view(each) for each in view.handovers],
    )


def purchase_page(view: order.PurchaseView) -> PurchasePage:
    """A purchase."""
    purchase = view.purchase
    return PurchasePage(
        str(purchase.purchase_id), Money(purchase.total, purchase.currency), view.due,
        [order_card(each) for each in view.orders],
    )  # fmt: skip
