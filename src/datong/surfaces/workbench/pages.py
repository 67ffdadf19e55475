"""The workbench of a shop. Every page asks for the right it shows the fruits of."""

import secrets

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import aftersale, catalog, inventory, merchant, messaging, order, payment, review
from datong.commerce.storefront import get_storefronts
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotAllowed, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_amount, read_form, read_number
from datong.surfaces.labels import MOVEMENTS, SHOP_STATES, worded
from datong.surfaces.labels_after import CARE_TILES
from datong.surfaces.labels_desk import PAYOUT_STATES
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, adapters_of, db_of, read_id
from datong.surfaces.workbench.entering import enter, work_page

TABS = {
    "ship": ["WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"],
    "pay": ["WAIT_BUYER_PAY"],
    "sent": ["WAIT_BUYER_CONFIRM_GOODS"],
    "done": ["TRADE_FINISHED", "TRADE_CLOSED", "TRADE_CLOSED_UNPAID"],
    "all": [],
}
TAB_LABELS = {"ship": "To ship", "pay": "To pay", "sent": "On its way", "done": "Ended", "all": "All"}


@get("/workbench", include_in_schema=False)
async def start(request: AnyRequest) -> Redirect:
    """To the first shop the visitor works in."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
        seen.must_be_member()
    if not seen.actor.shop_rights:
        raise NotAllowed("shop:shop:read")
    return redirect_to(f"/workbench/{min(seen.actor.shop_rights)}")


@get("/workbench/{shop_id:str}", include_in_schema=False)
async def home(request: AnyRequest, shop_id: str) -> Template:
    """What waits, and the shop's entry."""
    async with db_of(request).read() as tx:
        entered = await enter(request, tx, shop_id)
        seen, shop = entered
        counts: dict[str, int] = {}
        if seen.actor.may("shop:order:read", shop.shop_id):
            by_state = await order.count_seller_orders(tx, seen.actor, shop.shop_id)
            counts = {tab: sum(by_state[state] for state in states) for tab, states in TABS.items() if states}
        care: list[tuple[str, str, int]] = []
        tiles = worded(CARE_TILES, seen.language)
        if seen.actor.may("shop:refund:read", shop.shop_id):
            due = await aftersale.count_due_cases(tx, seen.actor, shop.shop_id)
            care.append(("refunds", tiles["refunds"], due))
        if seen.actor.may("shop:review:reply", shop.shop_id):
            unanswered = await review.count_unanswered(tx, seen.actor, shop.shop_id)
            care.append(("reviews?tab=unanswered", tiles["reviews?tab=unanswered"], unanswered))
        if seen.actor.may("shop:message:answer", shop.shop_id):
            waiting = await messaging.count_waiting(tx, seen.actor, shop.shop_id)
            care.append(("messages", tiles["messages"], waiting))
        entry = await merchant.get_shop_view(tx, seen.actor, shop.shop_id)
        labels = {tab: seen.say(label) for tab, label in TAB_LABELS.items()}
        return await work_page(
            tx, entered, "home", counts=counts, labels=labels, entry=entry, care=care,
            shop_states=worded(SHOP_STATES, seen.language),
        )  # fmt: skip


async def _products(
    request: AnyRequest, tx: Tx, shop_id: str, cursor: str, problem: str = "", status: int = 200
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    found = await catalog.list_products(tx, seen.actor, shop.shop_id, cursor, 12)
    views = [await catalog.get_product(tx, each.product_id) for each in found.items]
    stock = await inventory.free_of(tx, [sku.sku_id for view in views for sku in view.skus])
    brand = (await get_storefronts(tx)).get(shop.storefront_id)
    return await work_page(
        tx, entered, "products", status, views=views, stock=stock, next_cursor=found.next_cursor, cursor=cursor,
        currency=brand.currency, problem=problem,
    )  # fmt: skip


@get("/workbench/{shop_id:str}/products", include_in_schema=False)
async def products(request: AnyRequest, shop_id: str, cursor: str = "") -> Template:
    """Products with price and stock in place."""
    async with db_of(request).read() as tx:
        return await _products(request, tx, shop_id, cursor)


@post("/workbench/{shop_id:str}/products/{product_id:str}", include_in_schema=False)
async def change_product(request: AnyRequest, shop_id: str, product_id: str) -> Redirect | Template:
    """New price and stock of a SKU, or the product on or off sale."""
    form = await read_form(request)
    db, shop, product = db_of(request), read_id(shop_id, "shop"), read_id(product_id, "product")
    cursor = form.get("cursor", "")
    async with db.read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        language = (await load_page_context(request, tx, is_fresh=True)).language
    actor.must("shop:product:edit", shop)
    try:
        if "is_on_sale" in form:
            await catalog.set_on_sale(db, actor, shop, product, is_on_sale=form["is_on_sale"] == "1")
        if "price" in form:
            await catalog.set_list_prices(
                db, actor, shop, product, {form.get("sale_key", ""): read_amount(form, "price")}
            )
        if "on_hand" in form:
            sku_id = read_id(form.get("sku_id", ""), "sku")
            async with db.begin(bucket_of(sku_id)) as tx:
                await inventory.set_stock(tx, actor, shop, sku_id, read_number(form, "on_hand"))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _products(request, tx, shop_id, cursor, refusal_text(refusal, language), 409)
    return redirect_to(f"/workbench/{shop_id}/products" + (f"?cursor={cursor}" if cursor else ""))


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
        tx, entered, "funds", status, balances=balances, statement=statement.items, next_cursor=statement.next_cursor,
        payouts=payouts.items, movements=worded(MOVEMENTS, seen.language), currency=brand.currency,
        request_key=secrets.token_urlsafe(16), problem=problem, payout_states=worded(PAYOUT_STATES, seen.language),
        account=await payment.find_payout_account(tx, seen.actor, shop.shop_id), gateways=sorted(adapters_of(request).gateways),
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
        async with db.begin(bucket_of(shop)) as tx:
            await payment.set_payout_account(tx, seen.actor, shop, gateway, destination)
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
        async with db.begin(bucket_of(shop)) as tx:
            await payment.request_payout(tx, actor, shop, amount, form.get("request_key", ""))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _funds(request, tx, shop_id, "", refusal_text(refusal, language), 409)
    return redirect_to(f"/workbench/{shop_id}/funds")


HANDLERS = [start, home, products, change_product, funds, pay_out, set_account]
