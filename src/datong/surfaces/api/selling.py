"""/shops/…: what a merchant and its staff do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put

from datong.commerce import catalog, inventory, merchant, order, payment, pricing
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotFound
from datong.surfaces.api.asking import Cursor, InState, Key, Limit, PathId, asker, must_have_key, who
from datong.surfaces.api.views import Made, PageView
from datong.surfaces.request_context import AnyRequest, db_of, read_id

MAX_BATCH = 100


class SkuPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A SKU: price in minor units, labels by attribute reference, first stock."""

    price: int
    labels: dict[str, str] = {}
    outer_id: str = ""
    stock: int = 0


class ProductPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product; the same `outer_id` again changes it."""

    outer_id: str
    category_id: str
    titles: dict[str, str]
    skus: list[SkuPut]
    brand: str = ""
    points: dict[str, str] = {}
    description: dict[str, str] = {}
    pictures: list[str] = []
    props: dict[str, str | int | float | bool] = {}
    weight_grams: int = 0
    volume_cm3: int = 0
    freight_template_id: str = "0"
    is_on_sale: bool = True


class Published(msgspec.Struct, frozen=True):
    """What became of it: new, changed or same; SKU ids by sale key."""

    id: str
    outcome: str
    version: int
    sku_ids: dict[str, str]


class OnSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On sale or not."""

    is_on_sale: bool


class StockPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many are there, held ones included."""

    on_hand: int


class StockLeft(msgspec.Struct, frozen=True):
    """How many are there now."""

    on_hand: int


class FreightPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A freight template."""

    title: str
    template: pricing.FreightTemplate


class Shipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parcel: these lines of the order, or all that are left."""

    courier: str
    tracking_no: str
    line_ids: list[str] = []


class Extension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days more the buyer has."""

    days: int


class StaffPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role, or empty to take it away."""

    role: str


class StaffView(msgspec.Struct, frozen=True):
    """One of the shop's people."""

    member_id: str
    role: str
    since: datetime


class EntryView(msgspec.Struct, frozen=True):
    """A shop's entry and dues."""

    id: str
    state: str
    deposit_due: int
    fee_due: int
    deposit_paid: int
    fee_paid: int
    dues_by: datetime | None
    reason: str


class OwnProduct(msgspec.Struct, frozen=True):
    """A product in the shop's own list."""

    id: str
    outer_id: str
    titles: dict[str, str]
    price_min: int
    price_max: int
    version: int
    is_on_sale: bool


class SoldOrder(msgspec.Struct, frozen=True):
    """An order in the shop's list."""

    id: str
    state: str
    total: Money
    pieces: int
    line_count: int
    first_line: dict[str, Any]
    region: str
    placed_at: datetime
    paid_at: datetime | None
    ship_by: datetime | None


class BalanceView(msgspec.Struct, frozen=True):
    """What an account of the shop holds."""

    account: str
    amount: Money


class StatementView(msgspec.Struct, frozen=True):
    """One movement of the shop's balance."""

    id: str
    kind: str
    ref_id: str
    amount: Money
    posted_at: datetime


class PayoutPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much to pay out."""

    amount: Money


class PayoutView(msgspec.Struct, frozen=True):
    """Money on its way to the shop's bank."""

    id: str
    amount: Money
    state: str
    reason: str
    requested_at: datetime


@post("/shops", status_code=201, tags=["selling"])
async def apply(request: AnyRequest, data: merchant.ShopApplication) -> Made:
    """Apply for a shop."""
    db, actor = await asker(request)
    return Made(str(await merchant.apply_for_shop(db, actor, data)))


@get("/shops/{shop_id:str}/entry", tags=["selling"])
async def entry(request: AnyRequest, shop_id: PathId) -> EntryView:
    """A shop's entry: its state and dues."""
    async with db_of(request).read() as tx:
        view = await merchant.get_shop_view(tx, await who(request, tx), read_id(shop_id, "shop"))
    return EntryView(
        str(view.shop_id), view.state, view.deposit_due, view.fee_due, view.deposit_paid, view.fee_paid,
        view.dues_by, view.reason,
    )  # fmt: skip


@get("/shops/{shop_id:str}/staff", tags=["selling"])
async def staff(request: AnyRequest, shop_id: PathId) -> list[StaffView]:
    """The shop's people."""
    async with db_of(request).read() as tx:
        found = await merchant.list_staff(tx, await who(request, tx), read_id(shop_id, "shop"))
    return [StaffView(str(each.member_id), each.role, each.since) for each in found]


@put("/shops/{shop_id:str}/staff/{member_id:str}", status_code=204, tags=["selling"])
async def put_staff(request: AnyRequest, shop_id: PathId, member_id: PathId, data: StaffPut) -> None:
    """Give a member a role in the shop, or take it away."""
    db, actor = await asker(request)
    await merchant.set_staff(db, actor, read_id(shop_id, "shop"), read_id(member_id, "member"), data.role)


@post("/shops/{shop_id:str}/products", status_code=200, tags=["selling"])
async def publish(request: AnyRequest, shop_id: PathId, data: ProductPut) -> Published:
    """Publish a product, or change it."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    freight = 0 if data.freight_template_id == "0" else read_id(data.freight_template_id, "freight_template")
    draft = catalog.ProductDraft(
        outer_id=data.outer_id,
        category_id=read_id(data.category_id, "category"),
        titles=data.titles,
        skus=[catalog.SkuDraft(sku.price, sku.labels, sku.outer_id) for sku in data.skus],
        brand=data.brand,
        points=data.points,
        description=data.description,
        pictures=data.pictures,
        props=data.props,
        weight_grams=data.weight_grams,
        volume_cm3=data.volume_cm3,
        freight_template_id=freight,
        is_on_sale=data.is_on_sale,
    )
    if any(not 0 <= sku.stock <= 10**9 for sku in data.skus):
        raise Invalid("stock", "0 to 1,000,000,000")
    row = await catalog.publish_product(db, actor, shop, draft)
    sku_ids = list(row.sku_ids.items())
    if sku_ids:
        stock = {catalog.sale_key(sku.labels): sku.stock for sku in data.skus}
        async with db.begin(bucket_of(sku_ids[0][1])) as tx:
            lines = [(sku_id, row.product_id, stock[name]) for name, sku_id in sku_ids]
            await inventory.put_stock(tx, actor, shop, lines)
    return Published(str(row.product_id), row.outcome, row.version, {name: str(each) for name, each in sku_ids})


@get("/shops/{shop_id:str}/own-products", tags=["selling"])
async def own_products(
    request: AnyRequest, shop_id: PathId, cursor: Cursor = "", limit: Limit = 20
) -> PageView[OwnProduct]:
    """The shop's products, on sale or not."""
    async with db_of(request).read() as tx:
        page = await catalog.list_products(tx, await who(request, tx), read_id(shop_id, "shop"), cursor, limit)
    items = [
        OwnProduct(
            str(each.product_id), each.outer_id, each.titles, each.price_min, each.price_max, each.version,
            each.is_on_sale,
        )
        for each in page.items
    ]  # fmt: skip
    return PageView(items, page.next_cursor)


@put("/shops/{shop_id:str}/products/{product_id:str}/on-sale", status_code=204, tags=["selling"])
async def put_on_sale(request: AnyRequest, shop_id: PathId, product_id: PathId, data: OnSale) -> None:
    """Put a product on sale, or take it off."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    await catalog.set_on_sale(db, actor, shop, read_id(product_id, "product"), is_on_sale=data.is_on_sale)


@put("/shops/{shop_id:str}/stock/{sku_id:str}", tags=["selling"])
async def put_stock(request: AnyRequest, shop_id: PathId, sku_id: PathId, data: StockPut) -> StockLeft:
    """Say how many of a SKU there are."""
    db, actor = await asker(request)
    sku = read_id(sku_id, "sku")
    async with db.begin(bucket_of(sku)) as tx:
        return StockLeft(await inventory.set_stock(tx, actor, read_id(shop_id, "shop"), sku, data.on_hand))


@post("/shops/{shop_id:str}/freight-templates", status_code=201, tags=["selling"])
async def make_freight(request: AnyRequest, shop_id: PathId, data: FreightPut) -> Made:
    """Make a freight template."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    async with db.begin(bucket_of(shop)) as tx:
        return Made(str(await pricing.save_freight_template(tx, actor, shop, data.title, data.template)))


@get("/shops/{shop_id:str}/orders", tags=["selling"])
async def sold_orders(
    request: AnyRequest, shop_id: PathId, in_state: InState = "", cursor: Cursor = "", limit: Limit = 30
) -> PageView[SoldOrder]:
    """The shop's orders, newest first."""
    async with db_of(request).read() as tx:
        actor = await who(request, tx)
        page = await order.list_seller_orders(
            tx, actor, read_id(shop_id, "shop"), [in_state] if in_state else [], cursor, limit
        )
    items = [
        SoldOrder(
            str(each.order_id), each.state, Money(each.payable, each.currency), each.pieces, each.line_count,
            each.first_line, each.region, each.placed_at, each.paid_at, each.ship_by,
        )
        for each in page.items
    ]  # fmt: skip
    return PageView(items, page.next_cursor)


@post("/orders/{order_id:str}/parcels", status_code=201, tags=["selling"])
async def ship(request: AnyRequest, order_id: PathId, data: Shipment, key: Key = None) -> Made:
    """Put lines of an order into a parcel and hand it over, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    each = read_id(order_id, "order")
    lines: Sequence[int] = [read_id(line_id, "order_line") for line_id in data.line_ids]
    async with db.begin(bucket_of(each)) as tx:
        parcel_id = await order.ship_order(tx, actor, each, data.courier, data.tracking_no, must_have_key(key), lines)
        shop_id = (await order.get_order(tx, actor, each)).order.shop_id
    await order.copy_order_now(db, each, shop_id)
    return Made(str(parcel_id))


@post("/orders/{order_id:str}/seller-extension", status_code=204, tags=["selling"])
async def extend(request: AnyRequest, order_id: PathId, data: Extension) -> None:
    """Give the buyer more time to confirm."""
    db, actor = await asker(request)
    each = read_id(order_id, "order")
    async with db.begin(bucket_of(each)) as tx:
        await order.extend_by_seller(tx, actor, each, data.days)


@get("/shops/{shop_id:str}/balances", tags=["selling"])
async def balances(request: AnyRequest, shop_id: PathId) -> list[BalanceView]:
    """What the shop may be paid, and its deposit."""
    async with db_of(request).read() as tx:
        found = await payment.get_shop_balance(tx, await who(request, tx), read_id(shop_id, "shop"))
    return [BalanceView(each.account, Money(each.amount, each.currency)) for each in found]


@get("/shops/{shop_id:str}/statement", tags=["selling"])
async def statement(
    request: AnyRequest, shop_id: PathId, cursor: Cursor = "", limit: Limit = 50
) -> PageView[StatementView]:
    """The movements of the shop's balance, newest first."""
    async with db_of(request).read() as tx:
        page = await payment.list_statement(tx, await who(request, tx), read_id(shop_id, "shop"), cursor, limit)
    items = [
        StatementView(
            str(each.entry_id), each.kind, str(each.ref_id), Money(each.amount, each.currency), each.posted_at
        )
        for each in page.items
    ]
    return PageView(items, page.next_cursor)


@get("/shops/{shop_id:str}/payouts", tags=["selling"])
async def payouts(request: AnyRequest, shop_id: PathId, cursor: Cursor = "", limit: Limit = 30) -> PageView[PayoutView]:
    """The shop's payouts, newest first."""
    async with db_of(request).read() as tx:
        page = await payment.list_payouts(tx, await who(request, tx), read_id(shop_id, "shop"), cursor, limit)
    items = [
        PayoutView(str(each.payout_id), Money(each.amount, each.currency), each.state, each.reason, each.requested_at)
        for each in page.items
    ]
    return PageView(items, page.next_cursor)


@post("/shops/{shop_id:str}/payouts", status_code=201, tags=["selling"])
async def request_payout(request: AnyRequest, shop_id: PathId, data: PayoutPut, key: Key = None) -> Made:
    """Pay out some of the balance, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    if len(data.amount.currency) != 3:  # noqa: PLR2004
        raise NotFound("currency", data.amount.currency)
    async with db.begin(bucket_of(shop)) as tx:
        return Made(str(await payment.request_payout(tx, actor, shop, data.amount, must_have_key(key))))


HANDLERS = [
    apply, entry, staff, put_staff, publish, own_products, put_on_sale, put_stock, make_freight, sold_orders,
    ship, extend, balances, statement, payouts, request_payout,
]  # fmt: skip
