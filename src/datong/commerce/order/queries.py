"""Reading orders, for the buyer who owns them and the staff of their shop; nobody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from datong.commerce.catalog import LineState, methods_of
from datong.commerce.fulfilment import (
    Handover,
    Parcel,
    TrackingEvent,
    list_handovers,
    list_parcels,
    list_tracking,
)
from datong.commerce.order.ship_deadline import ship_dates
from datong.commerce.order.states import OrderState
from datong.commerce.payment import LineParts, Refund, list_refunds
from datong.facts.order import LineSource, OrderLineFact
from datong.kernel.actor import Actor
from datong.kernel.house import House
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class OrderTools(msgspec.Struct, frozen=True):
    """What lowered an order and must be given back if it comes to nothing: vouchers, coins, limited promotions."""

    vouchers: list[int] = []
    coins: int = 0
    promotions: list[int] = []
    deposits: list[int] = []


class ShopOrder(msgspec.Struct, frozen=True):
    """An order without its lines."""

    order_id: int
    purchase_id: int
    member_id: int
    shop_id: int
    storefront_id: int
    hold_id: int
    state: str
    version: int
    currency: str
    goods: int
    freight: int
    payable: int
    commission: int
    shop_names: dict[str, str]
    address: dict[str, object]
    note: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    due_at: datetime | None
    is_extended_by_buyer: bool
    subsidy: int
    tools: dict[str, object]
    prepaid: int
    refunded: int
    open_cases: int
    paused_due_at: datetime | None
    kind: str

    @property
    def due(self) -> Money:
        """What is paid at once: the total less deposits."""
        return Money(self.payable - self.prepaid, self.currency)

    @property
    def total(self) -> Money:
        """What the buyer pays or paid."""
        return Money(self.payable, self.currency)

    @property
    def brought(self) -> OrderTools:
        """What lowered it."""
        return msgspec.convert(self.tools, OrderTools)


class OrderLine(msgspec.Struct, frozen=True):
    """One line as it was bought."""

    line_id: int
    order_id: int
    sku_id: int
    product_id: int
    product_version: int
    category_id: int
    titles: dict[str, str]
    labels: dict[str, str]
    picture: str
    quantity: int
    unit_price: int
    goods: int
    payable: int
    cuts: list[dict[str, object]]
    commission: int
    parcel_id: int
    """The hand-over by which it left: a parcel, or what another method recorded; 0: it waits."""
    hold_id: int
    refunded: int
    refunded_pieces: int
    commission_undone: int
    stock_fate: str
    source: dict[str, str]
    parts: list[dict[str, object]]
    method: str
    received_at: datetime | None

    @property
    def state(self) -> LineState:
        """Where it is; the clock or the buyer may have ended its order without a receipt of its own."""
        if self.left == 0 if self.payable else self.stock_fate and not self.parcel_id:
            return LineState.GIVEN_BACK
        if not self.parcel_id:
            return LineState.WAITING
        return LineState.RECEIVED if self.received_at else LineState.HANDED_OVER

    @property
    def came_from(self) -> LineSource:
        """Where it came from, as frozen at placement."""
        return msgspec.convert(self.source, LineSource)

    @property
    def settlement_parts(self) -> LineParts:
        """What of it goes to others, as frozen at placement."""
        return LineParts.read(self.parts, self.payable)

    @property
    def left(self) -> int:
        """What the buyer paid for this line and has not been given back."""
        return self.payable - self.refunded

    def as_fact(self) -> OrderLineFact:
        """What others hear of it."""
        return OrderLineFact(self.line_id, self.sku_id, self.product_id, self.quantity, self.hold_id, self.came_from)


class OrderView(msgspec.Struct, frozen=True):
    """An order with everything about it."""

    order: ShopOrder
    lines: list[OrderLine]
    parcels: list[Parcel]
    tracking: list[TrackingEvent]
    refunds: list[Refund]
    handovers: Sequence[Handover] = ()
    """How it was handed over otherwise than in parcels."""
    ship_by: datetime | None = None
    """Of a paid order that waits for its shop: until when it promised to send."""
    unsent_until: datetime | None = None
    """And when what is not sent goes back to the buyer."""
    by_method: Mapping[str, list[OrderLine]] = {}
    """The lines by the method they are handed over under; what is sent alike goes into one parcel."""


class ListedOrder(msgspec.Struct, frozen=True):
    """An order in a list, with its lines."""

    order: ShopOrder
    lines: list[OrderLine]


class Purchase(msgspec.Struct, frozen=True):
    """What was placed at once."""

    purchase_id: int
    member_id: int
    currency: str
    total: int
    placed_at: datetime


class PurchaseView(msgspec.Struct, frozen=True):
    """A purchase and its orders; `due` is what is still to be paid."""

    purchase: Purchase
    orders: list[ShopOrder]

    @property
    def due(self) -> Money:
        """The sum of the orders that wait for payment."""
        waiting = [each.due.amount for each in self.orders if each.state == OrderState.WAIT_BUYER_PAY]
        return Money(sum(waiting), self.purchase.currency)


class Unpaid(msgspec.Struct, frozen=True):
    """How many orders of a member wait for payment."""

    member_id: int
    count: int


class StateCount(msgspec.Struct, frozen=True):
    """How many orders are in a state."""

    state: str
    count: int


COUNT_OWN = rows(
    StateCount,
    """
    select state, count(*) as count from (
        select state from shop_order
        where bkt = $1 and member_id = $2 and state not in ('TRADE_FINISHED', 'TRADE_CLOSED', 'TRADE_CLOSED_UNPAID')
        limit 1000) as open group by state
    """,
)
ORDER_COLUMNS = """order_id, purchase_id, member_id, shop_id, storefront_id, hold_id, state, version, currency, goods,
    freight, payable, commission, shop_names, address, note, placed_at, paid_at, shipped_at, delivered_at, ended_at,
    end_reason, due_at, is_extended_by_buyer, subsidy, tools, prepaid, refunded, open_cases, paused_due_at, kind"""
_LINE = """line_id, order_id, sku_id, product_id, product_version, category_id, titles, labels, picture, quantity,
    unit_price, goods, payable, cuts, commission, parcel_id, hold_id, refunded, refunded_pieces, commission_undone,
    stock_fate, source, parts, method, received_at"""
GET = rows(ShopOrder, f"select {ORDER_COLUMNS} from shop_order where bkt = $1 and order_id = $2")
LOCK = rows(ShopOrder, f"select {ORDER_COLUMNS} from shop_order where bkt = $1 and order_id = $2 for update")
LINES = rows(
    OrderLine, f"select {_LINE} from order_line where bkt = $1 and order_id = any($2) order by line_id limit 2000"
)
MANY = rows(
    ShopOrder,
    f"""
    select {ORDER_COLUMNS} from unnest($1::integer[], $2::bigint[]) as wanted (in_bucket, wanted_id)
    join shop_order on bkt = in_bucket and order_id = wanted_id order by order_id limit 2000
    """,
)
LINES_OF_MANY = rows(
    OrderLine,
    f"""
    select {_LINE} from unnest($1::integer[], $2::bigint[]) as wanted (in_bucket, wanted_id)
    join order_line on bkt = in_bucket and order_id = wanted_id order by line_id limit 20000
    """,
)
OF_PURCHASE = rows(
    ShopOrder, f"select {ORDER_COLUMNS} from shop_order where bkt = $1 and purchase_id = $2 order by order_id limit 200"
)
PURCHASE = rows(
    Purchase,
    "select purchase_id, member_id, currency, total, placed_at from purchase where bkt = $1 and purchase_id = $2",
)
UNPAID = rows(
    Unpaid,
    """
    select w.member_id, (select count(*) from (
        select o.state from shop_order o where o.bkt = w.bkt and o.member_id = w.member_id
        order by o.order_id desc limit $3) as last where last.state = 'WAIT_BUYER_PAY') as count
    from unnest($1::integer[], $2::bigint[]) as w (bkt, member_id)
    """,
)
LIST = rows(
    ShopOrder,
    f"""
    select {ORDER_COLUMNS} from shop_order
    where bkt = $1 and member_id = $2 and order_id < $3 and (cardinality($4::text[]) = 0 or state = any($4))
    order by order_id desc limit $5
    """,
)


def sent_as(house: House, key: str) -> str:
    """The method under which lines of a method are handed over: the one it is sent as, or itself."""
    method = methods_of(house).get(key)
    return (method.sent_as if method else "") or key


async def get_order(tx: Tx, actor: Actor, order_id: int) -> OrderView:
    """An order for its buyer or its shop's staff; to everyone else it does not exist."""
    order = await own_order(tx, actor, order_id, "read")
    lines = await tx.all(LINES, bucket_of(order_id), [order_id])
    parcels = await list_parcels(tx, order_id)
    tracking = await list_tracking(tx, [parcel.parcel_id for parcel in parcels])
    handovers: list[Handover] = []
    groups: dict[str, list[OrderLine]] = {}
    for line in lines:
        groups.setdefault(sent_as(tx.house, line.method), []).append(line)
    if groups.keys() - {"parcel"}:
        handovers = await list_handovers(tx, order_id)
    if actor.id != order.member_id:
        handovers = [each.for_staff() for each in handovers]
    refunds = await list_refunds(tx, order_id)
    ship_by = unsent_until = None
    if order.state in {OrderState.WAIT_SELLER_SEND_GOODS, OrderState.SELLER_CONSIGNED_PART} and order.paid_at:
        dates = await ship_dates(tx, order.storefront_id, order.paid_at)
        ship_by, unsent_until = dates.promised_at, max(dates.ends_at, order.due_at or dates.ends_at)
    return OrderView(order, lines, parcels, tracking, refunds, handovers, ship_by, unsent_until, groups)


async def own_order(tx: Tx, actor: Actor, order_id: int, action: str) -> ShopOrder:
    """The order, if the actor is its buyer or may do `order:action` in its shop; else `NotFound`."""
    order = await tx.maybe(GET, bucket_of(order_id), order_id)
    if order is None or not (
        actor.may(f"member:order:{action}", order.member_id)
        or actor.may(f"shop:order:{action}", order.shop_id)
        or actor.may(f"operator:order:{action}")
    ):
        raise NotFound("order", order_id)
    return order


async def get_purchase(tx: Tx, actor: Actor, purchase_id: int) -> PurchaseView:
    """An own purchase with its orders; a stranger's is `NotFound`."""
    purchase = await tx.maybe(PURCHASE, bucket_of(purchase_id), purchase_id)
    if purchase is None or not actor.may("member:order:read", purchase.member_id):
        raise NotFound("purchase", purchase_id)
    return PurchaseView(purchase, await tx.all(OF_PURCHASE, bucket_of(purchase_id), purchase_id))


async def list_orders(
    tx: Tx, actor: Actor, states: Sequence[str] = (), cursor: str = "", limit: int = 20
) -> Page[ListedOrder]:
    """The actor's own orders, newest first, in some states or in all."""
    actor.must("member:order:read", actor.id)
    if not set(states) <= {state.value for state in OrderState}:
        raise Invalid("state", "one of the order states")
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(LIST, actor.bucket, actor.id, before, list(states), clamp_limit(limit) + 1)
    page = make_page(found, limit, lambda order: [order.order_id])
    lines = await tx.all(LINES, actor.bucket, [order.order_id for order in page.items]) if page.items else []
    return Page(
        [ListedOrder(order, [line for line in lines if line.order_id == order.order_id]) for order in page.items],
        page.next_cursor,
    )


async def get_own_orders(tx: Tx, actor: Actor, order_ids: Sequence[int]) -> dict[int, ListedOrder]:
    """Some of the actor's own orders with their lines, by id; others are missing."""
    actor.must("member:order:read", actor.id)
    wanted = [each for each in order_ids if bucket_of(each) == actor.bucket]
    if not wanted:
        return {}
    found = await tx.all(MANY, [actor.bucket] * len(wanted), wanted)
    lines = await tx.all(LINES, actor.bucket, wanted)
    return {
        each.order_id: ListedOrder(each, [line for line in lines if line.order_id == each.order_id])
        for each in found
        if each.member_id == actor.id
    }


async def count_unpaid(tx: Tx, member_ids: Sequence[int], most: int) -> dict[int, int]:
    """How many of each member's last orders, at most so many, wait for payment."""
    found = await tx.all(UNPAID, [bucket_of(each) for each in member_ids], list(member_ids), most)
    return {each.member_id: each.count for each in found}


async def count_own_orders(tx: Tx, actor: Actor) -> dict[str, int]:
    """How many of the actor's orders are in each state that waits for something."""
    actor.must("member:order:read", actor.id)
    return {each.state: each.count for each in await tx.all(COUNT_OWN, actor.bucket, actor.id)}
