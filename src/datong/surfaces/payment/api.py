"""/shops/…/balances, statement, payouts."""

from datetime import datetime

import msgspec
from litestar import get, post

from datong.commerce import payment
from datong.kernel.money import Money
from datong.kernel.refusal import NotFound
from datong.surfaces.api_context import Cursor, Key, Limit, PathId, asker, must_have_key, who
from datong.surfaces.api_views import Made, PageView
from datong.surfaces.request_context import AnyRequest, db_of, read_id


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
    if len(data.amount.currency) != 3:  # noqa: PLR2004 - an ISO 4217 code
        raise NotFound("currency", data.amount.currency)
    return Made(str(await db.run(payment.request_payout, actor, shop, data.amount, must_have_key(key))))


HANDLERS = [balances, statement, payouts, request_payout]
