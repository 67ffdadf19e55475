"""Deposits of a shopper: put down, paid, and the balance with its breakdown."""

import secrets

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import member, order, pricing
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.labels import worded
from datong.surfaces.order.labels import DEPOSIT_STATES
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import DEFAULT_REGION, AnyRequest, adapters_of, db_of, read_id, sender


async def _deposits(tx: Tx, seen: PageContext, problem: str = "") -> Template:
    seen.must_be_member()
    found = await order.list_deposits(tx, seen.actor)
    addresses = await member.list_addresses(tx, seen.actor)
    payable = [each for each in found if each.is_payable(tx.now)]
    priced: dict[int, pricing.Quote] = {}
    if payable:
        region = addresses[0].region if addresses else DEFAULT_REGION
        asks = [
            pricing.QuoteAsk(
                [order.line_of(each)], region,
                pricing.Buyer(seen.actor.id, tools=[tool for tool in [order.discount_of(each)] if tool]),
            )
            for each in payable
        ]  # fmt: skip
        quotes = await pricing.quote_many(tx, asks)
        priced = {each.deposit_id: quote for each, quote in zip(payable, quotes, strict=True)}
    return page(
        seen, "order/deposits.html", status_code=409 if problem else 200, deposits=found, quotes=priced,
        states=worded(DEPOSIT_STATES, seen.language), address=addresses[0] if addresses else None, now=tx.now,
        problem=problem, request_key=secrets.token_urlsafe(16),
    )  # fmt: skip


async def _again(request: AnyRequest, refusal: Refusal) -> Template:
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        return await _deposits(tx, seen, refusal_text(refusal, seen.language))


@get("/deposits", include_in_schema=False)
async def deposits(request: AnyRequest) -> Template:
    """My deposits, with what their balances cost."""
    async with db_of(request).read() as tx:
        return await _deposits(tx, await load_page_context(request, tx))


@post("/presales/{presale_id:str}/deposits", include_in_schema=False)
async def put_down(request: AnyRequest, presale_id: str) -> Redirect | Template:
    """Put a deposit down, and go to pay it."""
    form = await read_form(request)
    adapters = adapters_of(request)
    async with adapters.db.read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
    try:
        deposit_id = await order.place_deposit(
            adapters.db, seen.actor, read_id(presale_id, "presale"), read_id(form.get("sku_id", ""), "sku"),
            read_number(form, "quantity", 1), form.get("request_key", ""),
        )  # fmt: skip
        gateway = next(iter(adapters.gateways))
        return redirect_to(
            await order.pay_deposit(adapters.db, adapters.gateways, seen.actor, deposit_id, gateway, adapters.base_url)
        )
    except Conflict as refusal:
        return await _again(request, refusal)


@post("/deposits/{deposit_id:str}/pay", include_in_schema=False)
async def pay(request: AnyRequest, deposit_id: str) -> Redirect | Template:
    """Pay a deposit that waits."""
    adapters = adapters_of(request)
    actor = await sender(request)
    try:
        each, gateway = read_id(deposit_id, "deposit"), next(iter(adapters.gateways))
        return redirect_to(
            await order.pay_deposit(adapters.db, adapters.gateways, actor, each, gateway, adapters.base_url)
        )
    except Conflict as refusal:
        return await _again(request, refusal)


@post("/deposits/{deposit_id:str}/balance", include_in_schema=False)
async def place_balance(request: AnyRequest, deposit_id: str) -> Redirect | Template:
    """Place the balance at the total that was shown, and go to pay it."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    try:
        purchase_id = await order.place_purchase(
            db, actor, read_id(form.get("address_id", ""), "address"),
            Money(read_number(form, "agreed"), form.get("currency", "")), form.get("request_key", ""),
            deposit_ids=[read_id(deposit_id, "deposit")],
        )  # fmt: skip
    except Conflict as refusal:
        return await _again(request, refusal)
    return redirect_to(f"/purchases/{purchase_id}")


HANDLERS = [deposits, put_down, pay, place_balance]
