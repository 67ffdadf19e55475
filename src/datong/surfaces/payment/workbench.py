"""Funds in the workbench: balance, statement, payouts, and where the shop is paid."""

import secrets

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import payment
from datong.commerce.storefront import get_storefronts
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_amount, read_form
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.payment.labels import PAYOUT_STATES
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, adapters_of, db_of, read_id
from datong.surfaces.verification.labels import VERIFICATION_STATES
from datong.surfaces.workbench_frame import enter, work_page


async def _funds(
    request: AnyRequest, tx: Tx, shop_id: str, cursor: str, problem: str = "", status: int = 200
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    balances = await payment.get_shop_balance(tx, seen.actor, shop.shop_id)
    statement = await payment.list_statement(tx, seen.actor, shop.shop_id, cursor, 20)
    payouts = await payment.list_payouts(tx, seen.actor, shop.shop_id, "", 10)
    brand = (await get_storefronts(tx)).get(shop.storefront_id)
    return await work_page(
        tx, entered, "payment/funds", status, balances=balances, statement=statement.items,
        next_cursor=statement.next_cursor,
        payouts=payouts.items, movements=worded(seen.windows.movements, seen.language), currency=brand.currency,
        request_key=secrets.token_urlsafe(16), problem=problem, payout_states=worded(PAYOUT_STATES, seen.language),
        account=await payment.find_payout_account(tx, seen.actor, shop.shop_id),
        check_states=worded(VERIFICATION_STATES, seen.language), gateways=sorted(adapters_of(request).gateways),
    )  # fmt: skip


@get("/workbench/{shop_id:str}/funds", include_in_schema=False)
async def funds(request: AnyRequest, shop_id: str, cursor: str = "") -> Template:
    """Balance, statement, payouts."""
    async with db_of(request).read() as tx:
        return await _funds(request, tx, shop_id, cursor)


@post("/workbench/{shop_id:str}/payout-account", include_in_schema=False)
async def set_account(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Say where the shop is paid."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    seen.actor.must("shop:payout:request", shop)
    gateway, destination = form.get("gateway", ""), form.get("destination", "").strip()
    try:
        if gateway not in adapters_of(request).gateways:
            raise Invalid("gateway", ", ".join(sorted(adapters_of(request).gateways)))
        await db.run(payment.set_payout_account, seen.actor, shop, gateway, destination)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _funds(request, tx, shop_id, "", refusal_text(refusal, seen.language), 409)
    return redirect_to(f"/workbench/{shop_id}/funds")


@post("/workbench/{shop_id:str}/payouts", include_in_schema=False)
async def pay_out(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Ask for a payout."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        language = (await load_page_context(request, tx, is_fresh=True)).language
    actor.must("shop:payout:request", shop)
    try:
        amount = Money(read_amount(form, "amount"), form.get("currency", ""))
        await db.run(payment.request_payout, actor, shop, amount, form.get("request_key", ""))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _funds(request, tx, shop_id, "", refusal_text(refusal, language), 409)
    return redirect_to(f"/workbench/{shop_id}/funds")


HANDLERS = [funds, pay_out, set_account]
