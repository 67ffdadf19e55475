"""/cart, /quotes, /purchases, /orders: what a shopper does."""

from collections.abc import Awaitable, Callable

import msgspec
from litestar import delete, get, post, put
from litestar.status_codes import HTTP_200_OK

from datong.commerce import cart, order, pricing
from datong.commerce.member import REGIONS
from datong.kernel.actor import Actor, SignInNeeded
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid
from datong.kernel.tx import Tx
from datong.surfaces.api.asking import Cursor, InState, Key, Limit, PathId, must_have_key, shopper
from datong.surfaces.api.views import (
    CartPage,
    Made,
    OrderCard,
    OrderPage,
    PageView,
    PurchasePage,
    QuoteView,
    cart_page,
    order_card,
    order_page,
    purchase_page,
    quote_view,
)
from datong.surfaces.request_context import DEFAULT_REGION, AnyRequest, adapters_of, db_of, read_id

Deed = Callable[[Tx, Actor, int], Awaitable[None]]


class InCart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pieces to add to the cart."""

    product_id: str
    sku_id: str
    quantity: int = 1


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line's new quantity or tick."""

    quantity: int | None = None
    is_ticked: bool | None = None


class QuoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to price, delivered to a region."""

    lines: list[InCart]
    region: str = DEFAULT_REGION
    vouchers: list[str] | None = None
    keeps_coins: bool = False


class PlaceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ticked lines, or just `lines` ("buy now"), for an address, at the total that was shown. `notes` by shop id."""

    address_id: str
    agreed: Money
    notes: dict[str, str] = {}
    lines: list[InCart] = []
    vouchers: list[str] | None = None
    """Which vouchers to use; without it the best ones are."""
    deposits: list[str] = []
    """Deposits whose balance is paid with it, beside `lines` and not with the cart."""
    keeps_coins: bool = False


class PayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which gateway to pay."""

    gateway: str = "sandbox"


class PayView(msgspec.Struct, frozen=True):
    """Where the buyer pays."""

    pay_url: str


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, out of the fixed list."""

    reason: str = "not_wanted"


def region_of(region: str) -> str:
    """A region that freight can be priced for."""
    if region not in REGIONS:
        raise Invalid("region", "one of the listed regions")
    return region


async def cart_owner(request: AnyRequest, tx: Tx) -> Actor:
    """A member or a guest with a token: whoever can have a cart."""
    actor = await shopper(request, tx)
    if actor.id == 0:
        raise SignInNeeded("member:cart:edit")
    return actor


@get("/cart", tags=["buying"])
async def see_cart(request: AnyRequest, region: str = DEFAULT_REGION) -> CartPage:
    """My cart, with the quote of what is ticked."""
    async with db_of(request).read() as tx:
        return cart_page(await cart.get_cart(tx, await cart_owner(request, tx), region_of(region)))


@post("/cart/lines", status_code=204, tags=["buying"])
async def fill_cart(request: AnyRequest, data: InCart) -> None:
    """Add pieces to the cart."""
    db = db_of(request)
    product_id, sku_id = read_id(data.product_id, "product"), read_id(data.sku_id, "sku")
    async with db.read() as tx:
        actor = await cart_owner(request, tx)
    await cart.put_in_cart(db, actor, product_id, sku_id, data.quantity)


@put("/cart/lines/{sku_id:str}", status_code=204, tags=["buying"])
async def change_line(request: AnyRequest, sku_id: PathId, data: LineChange) -> None:
    """Set a line's quantity or tick."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await cart_owner(request, tx)
    async with db.begin(actor.bucket) as tx:
        await cart.change_line(tx, actor, read_id(sku_id, "sku"), quantity=data.quantity, is_ticked=data.is_ticked)


@delete("/cart/lines/{sku_id:str}", status_code=204, tags=["buying"])
async def drop_line(request: AnyRequest, sku_id: PathId) -> None:
    """Take a line out of the cart."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await cart_owner(request, tx)
    async with db.begin(actor.bucket) as tx:
        await cart.remove_from_cart(tx, actor, read_id(sku_id, "sku"))


def _wanted(lines: list[InCart]) -> list[pricing.LineRequest]:
    if len(lines) > cart.MAX_LINES:
        raise Invalid("lines", f"at most {cart.MAX_LINES}")
    if any(not 1 <= line.quantity <= cart.MAX_QUANTITY for line in lines):
        raise Invalid("quantity", f"1 to {cart.MAX_QUANTITY}")
    return [
        pricing.LineRequest(read_id(line.product_id, "product"), read_id(line.sku_id, "sku"), line.quantity)
        for line in lines
    ]


def _chosen(vouchers: list[str] | None) -> frozenset[int] | None:
    return None if vouchers is None else frozenset(read_id(each, "voucher") for each in vouchers)


@post("/quotes", status_code=HTTP_200_OK, tags=["buying"])
async def make_quote(request: AnyRequest, data: QuoteRequest) -> QuoteView:
    """Price something without putting it in a cart."""
    if not data.lines:
        raise Invalid("lines", "at least one")
    wanted = _wanted(data.lines)
    async with db_of(request).read() as tx:
        actor = await shopper(request, tx)
        buyer = None
        if actor.is_member:
            buyer = pricing.Buyer(actor.id, chosen=_chosen(data.vouchers), keeps_coins=data.keeps_coins)
        return quote_view(await pricing.quote(tx, wanted, region_of(data.region), buyer))


@post("/purchases", status_code=201, tags=["buying"])
async def place(request: AnyRequest, data: PlaceRequest, key: Key = None) -> Made:
    """Place what is ticked in the cart, or the lines given, once for each `Idempotency-Key`."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    actor.must("member:order:place", actor.id)
    notes = {read_id(shop_id, "shop"): note for shop_id, note in data.notes.items()}
    purchase_id = await order.place_purchase(
        db,
        actor,
        read_id(data.address_id, "address"),
        data.agreed,
        must_have_key(key),
        notes,
        _wanted(data.lines),
        _chosen(data.vouchers),
        [read_id(each, "deposit") for each in data.deposits],
        keeps_coins=data.keeps_coins,
    )
    return Made(str(purchase_id))


@get("/purchases/{purchase_id:str}", tags=["buying"])
async def see_purchase(request: AnyRequest, purchase_id: PathId) -> PurchasePage:
    """A purchase of mine."""
    async with db_of(request).read() as tx:
        return purchase_page(await order.get_purchase(tx, await shopper(request, tx), read_id(purchase_id, "purchase")))


@post("/purchases/{purchase_id:str}/payments", status_code=201, tags=["buying"])
async def pay(request: AnyRequest, purchase_id: PathId, data: PayRequest) -> PayView:
    """Open the payment of a purchase, or find the one that is open."""
    adapters = adapters_of(request)
    async with adapters.db.read() as tx:
        actor = await shopper(request, tx)
    url = await order.pay_purchase(
        adapters.db, adapters.gateways, actor, read_id(purchase_id, "purchase"), data.gateway, adapters.base_url
    )
    return PayView(url)


@get("/orders", tags=["buying"])
async def see_orders(
    request: AnyRequest, in_state: InState = "", cursor: Cursor = "", limit: Limit = 20
) -> PageView[OrderCard]:
    """My orders, newest first."""
    async with db_of(request).read() as tx:
        page = await order.list_orders(tx, await shopper(request, tx), [in_state] if in_state else [], cursor, limit)
    return PageView([order_card(each.order) for each in page.items], page.next_cursor)


@get("/orders/{order_id:str}", tags=["buying"])
async def see_order(request: AnyRequest, order_id: PathId) -> OrderPage:
    """An order, for its buyer or its shop's staff."""
    async with db_of(request).read() as tx:
        return order_page(await order.get_order(tx, await shopper(request, tx), read_id(order_id, "order")))


@post("/orders/{order_id:str}/close", status_code=204, tags=["buying"])
async def close(request: AnyRequest, order_id: PathId, data: Reason) -> None:
    """Close an unpaid order."""
    await _act(request, order_id, lambda tx, actor, each: order.close_order(tx, actor, each, data.reason))


@post("/orders/{order_id:str}/cancel", status_code=204, tags=["buying"])
async def cancel(request: AnyRequest, order_id: PathId, data: Reason) -> None:
    """Cancel a paid order that was not shipped; the money goes back."""
    await _act(request, order_id, lambda tx, actor, each: order.cancel_paid_order(tx, actor, each, data.reason))


@post("/orders/{order_id:str}/confirm", status_code=204, tags=["buying"])
async def confirm(request: AnyRequest, order_id: PathId) -> None:
    """Confirm receipt; the shop gets its money."""
    await _act(request, order_id, order.confirm_order)


@post("/orders/{order_id:str}/extend", status_code=204, tags=["buying"])
async def extend(request: AnyRequest, order_id: PathId) -> None:
    """Take more time to confirm, once."""
    await _act(request, order_id, order.extend_by_buyer)


async def _act(request: AnyRequest, order_id: str, deed: Deed) -> None:
    """One deed on one order, in its bucket."""
    db, each = db_of(request), read_id(order_id, "order")
    async with db.read() as tx:
        actor = await shopper(request, tx)
    async with db.begin(bucket_of(each)) as tx:
        await deed(tx, actor, each)


HANDLERS = [
    see_cart, fill_cart, change_line, drop_line, make_quote, place, see_purchase, pay, see_orders, see_order,
    close, cancel, confirm, extend,
]  # fmt: skip
