"""Presales and deposits: what shops offer ahead, and what shoppers put down for it."""

from datetime import datetime

import msgspec
from litestar import get, post

from datong.commerce import order
from datong.kernel.money import Money
from datong.surfaces.api_context import Instant, Key, PathId, asker, must_have_key, shopper, who
from datong.surfaces.api_views import Made
from datong.surfaces.order.api import PayRequest, PayView
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id

Texts = dict[str, str]


class PresaleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A presale; amounts by piece in minor units: a deposit that counts as more, or a minus."""

    product_id: str
    titles: Texts
    deposit: int
    deposit_from: Instant
    deposit_until: Instant
    balance_from: Instant
    balance_until: Instant
    counts_as: int = 0
    minus: int = 0


class PresaleView(msgspec.Struct, frozen=True):
    """A presale."""

    id: str
    shop_id: str
    product_id: str
    titles: Texts
    deposit: int
    counts_as: int
    minus: int
    deposit_from: datetime
    deposit_until: datetime
    balance_from: datetime
    balance_until: datetime
    is_stopped: bool


class DepositBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to put a deposit down for."""

    sku_id: str
    quantity: int = 1


class DepositView(msgspec.Struct, frozen=True):
    """A deposit. `amount` is for all its pieces; `cut` is what they cost less in the end."""

    id: str
    presale_id: str
    shop_id: str
    product_id: str
    sku_id: str
    quantity: int
    amount: Money
    cut: int
    state: str
    due_at: datetime | None
    balance_from: datetime
    balance_until: datetime
    purchase_id: str


def presale_view(each: order.Presale) -> PresaleView:
    """As kept."""
    return PresaleView(
        str(each.presale_id), str(each.shop_id), str(each.product_id), each.titles, each.deposit, each.counts_as,
        each.minus, each.deposit_from, each.deposit_until, each.balance_from, each.balance_until, each.is_stopped,
    )  # fmt: skip


def _deposit(each: order.Deposit) -> DepositView:
    return DepositView(
        str(each.deposit_id), str(each.presale_id), str(each.shop_id), str(each.product_id), str(each.sku_id),
        each.quantity, each.money, each.cut, each.state, each.due_at, each.balance_from, each.balance_until,
        str(each.purchase_id or ""),
    )  # fmt: skip


@post("/shops/{shop_id:str}/presales", status_code=201, tags=["promoting"])
async def make_presale(request: AnyRequest, shop_id: PathId, data: PresaleBody) -> Made:
    """Offer a product ahead."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    draft = order.PresaleDraft(
        read_id(data.product_id, "product"), data.titles, data.deposit, data.deposit_from, data.deposit_until,
        data.balance_from, data.balance_until, data.counts_as, data.minus,
    )  # fmt: skip
    return Made(str(await db.run(order.make_presale, actor, shop, draft)))


@get("/shops/{shop_id:str}/presales", tags=["promoting"])
async def list_presales(request: AnyRequest, shop_id: PathId) -> list[PresaleView]:
    """A shop's presales."""
    async with db_of(request).read() as tx:
        found = await order.list_presales(tx, await who(request, tx), read_id(shop_id, "shop"))
    return [presale_view(each) for each in found]


@post("/shops/{shop_id:str}/presales/{presale_id:str}/stop", status_code=204, tags=["promoting"])
async def stop_presale(request: AnyRequest, shop_id: PathId, presale_id: PathId) -> None:
    """No more deposits are taken."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    await db.run(order.stop_presale, actor, shop, read_id(presale_id, "presale"))


@get("/products/{product_id:str}/presale", tags=["goods"])
async def see_presale(request: AnyRequest, product_id: PathId) -> list[PresaleView]:
    """The presale a product is in: one, or none."""
    async with db_of(request).read() as tx:
        found = await order.find_presale(tx, read_id(product_id, "product"))
    return [presale_view(found)] if found else []


@post("/presales/{presale_id:str}/deposits", status_code=201, tags=["buying"])
async def place_deposit(request: AnyRequest, presale_id: PathId, data: DepositBody, key: Key = None) -> Made:
    """Hold the pieces for a deposit, once for each `Idempotency-Key`."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    presale, sku = read_id(presale_id, "presale"), read_id(data.sku_id, "sku")
    return Made(str(await order.place_deposit(db, actor, presale, sku, data.quantity, must_have_key(key))))


@get("/deposits", tags=["buying"])
async def list_deposits(request: AnyRequest) -> list[DepositView]:
    """My deposits."""
    async with db_of(request).read() as tx:
        return [_deposit(each) for each in await order.list_deposits(tx, await shopper(request, tx))]


@post("/deposits/{deposit_id:str}/payments", status_code=201, tags=["buying"])
async def pay_deposit(request: AnyRequest, deposit_id: PathId, data: PayRequest) -> PayView:
    """Open the payment of a deposit."""
    adapters = adapters_of(request)
    async with adapters.db.read() as tx:
        actor = await shopper(request, tx)
    each = read_id(deposit_id, "deposit")
    return PayView(
        await order.pay_deposit(adapters.db, adapters.gateways, actor, each, data.gateway, adapters.base_url)
    )


@post("/deposits/{deposit_id:str}/default", status_code=204, tags=["selling"])
async def default_on_deposit(request: AnyRequest, deposit_id: PathId) -> None:
    """The shop cannot deliver: the deposit goes back, and as much again from the shop."""
    db, actor = await asker(request)
    each = read_id(deposit_id, "deposit")
    await db.run(order.default_on_deposit, actor, each)


HANDLERS = [
    make_presale, list_presales, stop_presale, see_presale, place_deposit, list_deposits, pay_deposit,
    default_on_deposit,
]  # fmt: skip
