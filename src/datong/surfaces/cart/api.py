"""/cart, /quotes: the cart, and what lines would cost."""

import msgspec
from litestar import delete, get, post, put
from litestar.status_codes import HTTP_200_OK

from datong.commerce import cart, pricing
from datong.commerce.member import REGIONS
from datong.facts.order import NO_SOURCE, LineSource
from datong.kernel.actor import Actor, SignInNeeded
from datong.kernel.refusal import Invalid
from datong.kernel.tx import Tx
from datong.surfaces.api_context import PathId, shopper
from datong.surfaces.api_views import (
    CartPage,
    QuoteView,
    SourceView,
    cart_page,
    quote_view,
)
from datong.surfaces.request_context import DEFAULT_REGION, AnyRequest, db_of, read_id


class InCart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pieces to add to the cart."""

    product_id: str
    sku_id: str
    quantity: int = 1
    source: SourceView | None = None


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line's new quantity or tick."""

    quantity: int | None = None
    is_ticked: bool | None = None
    source: SourceView | None = None
    """Which of the lines of this SKU, where they came from somewhere."""


class QuoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to price, delivered to a region."""

    lines: list[InCart]
    region: str = DEFAULT_REGION
    vouchers: list[str] | None = None
    keeps_coins: bool = False


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
    await cart.put_in_cart(db, actor, product_id, sku_id, data.quantity, source_of(data.source))


@put("/cart/lines/{sku_id:str}", status_code=204, tags=["buying"])
async def change_line(request: AnyRequest, sku_id: PathId, data: LineChange) -> None:
    """Set a line's quantity or tick."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await cart_owner(request, tx)
    await db.run(
        cart.change_line, actor, read_id(sku_id, "sku"), quantity=data.quantity, is_ticked=data.is_ticked,
        source=source_of(data.source),
    )  # fmt: skip


@delete("/cart/lines/{sku_id:str}", status_code=204, tags=["buying"])
async def drop_line(
    request: AnyRequest, sku_id: PathId, source_kind: str = "", source_ref: str = "", source_token: str = ""
) -> None:
    """Take a line out of the cart; the source says which of the lines of this SKU."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await cart_owner(request, tx)
    source = LineSource(source_kind, source_ref, source_token)
    await db.run(cart.remove_from_cart, actor, read_id(sku_id, "sku"), source)


def wanted_of(lines: list[InCart]) -> list[pricing.LineRequest]:
    """Lines of a body as the mechanism takes them.

    Raises `Invalid` for too many lines or pieces, `NotFound` for an id.
    """
    if len(lines) > cart.MAX_LINES:
        raise Invalid("lines", f"at most {cart.MAX_LINES}")
    if any(not 1 <= line.quantity <= cart.MAX_QUANTITY for line in lines):
        raise Invalid("quantity", f"1 to {cart.MAX_QUANTITY}")
    return [
        pricing.LineRequest(
            read_id(line.product_id, "product"), read_id(line.sku_id, "sku"), line.quantity,
            source=source_of(line.source),
        )
        for line in lines
    ]  # fmt: skip


def source_of(source: SourceView | None) -> LineSource:
    """A source of a body as the mechanism takes it."""
    return source.as_source() if source else NO_SOURCE


def chosen_of(vouchers: list[str] | None) -> frozenset[int] | None:
    """The ids of chosen vouchers, or None where the best are to be found; raises `NotFound` for what is no id."""
    return None if vouchers is None else frozenset(read_id(each, "voucher") for each in vouchers)


@post("/quotes", status_code=HTTP_200_OK, tags=["buying"])
async def make_quote(request: AnyRequest, data: QuoteRequest) -> QuoteView:
    """Price something without putting it in a cart."""
    if not data.lines:
        raise Invalid("lines", "at least one")
    wanted = wanted_of(data.lines)
    async with db_of(request).read() as tx:
        actor = await shopper(request, tx)
        buyer = None
        if actor.is_member:
            buyer = pricing.Buyer(actor.id, chosen=chosen_of(data.vouchers), keeps_coins=data.keeps_coins)
        return quote_view(await pricing.quote(tx, wanted, region_of(data.region), buyer))


HANDLERS = [see_cart, fill_cart, change_line, drop_line, make_quote]
