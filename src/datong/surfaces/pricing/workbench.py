"""A shop's promotions and vouchers: made by a form, tried before, stopped, and the campaigns it takes part in."""

from datetime import timedelta

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import order, pricing, voucher
from datong.commerce.catalog import ProductScope
from datong.commerce.voucher import Terms, Tier
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Db, Tx
from datong.surfaces.forms import read_amount, read_form, read_number
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import redirect_to
from datong.surfaces.pricing.labels import PROMOTION_KINDS
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.workbench_frame import enter, work_page

MAX_DAYS = 366


def read_terms(form: dict[str, str]) -> Terms:
    """What the form promises: one tier, on all goods of the shop or on those named. Refuses `Invalid`."""
    kind = form.get("kind", "")
    if kind not in PROMOTION_KINDS:
        raise Invalid("kind", ", ".join(PROMOTION_KINDS))
    layer, effect = kind.split("-")
    value = (
        round(float_of(form, "value") * 100)
        if effect == "percent"
        else 0
        if effect == "free_freight"
        else read_amount(form, "value")
    )
    amount = read_amount(form, "amount") if form.get("amount", "").strip() else 0
    products = [read_id(each, "product") for each in form.get("products", "").replace(",", " ").split()]
    return Terms(
        layer, [Tier(effect, value, 0 if layer == "item" else amount, 0)],  # type: ignore[arg-type]  # one of the kinds
        ProductScope(products=products), floor=read_amount(form, "floor") if form.get("floor", "").strip() else 0,
    )  # fmt: skip


def float_of(form: dict[str, str], name: str) -> float:
    """A number with at most two decimals out of a form."""
    return read_amount(form, name) / 100


async def _promotions(
    request: AnyRequest, tx: Tx, shop_id: str, problem: str = "", trial: order.Simulation | None = None,
    typed: dict[str, str] | None = None,
) -> Template:  # fmt: skip
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    return await work_page(
        tx, entered, "pricing/promotions", 409 if problem else 200, problem=problem, trial=trial, typed=typed or {},
        promotions=await pricing.list_promotions(tx, seen.actor, shop.shop_id),
        templates=await voucher.list_templates(tx, seen.actor, shop.shop_id),
        campaigns=await pricing.list_open_campaigns(tx, seen.actor, shop.shop_id),
        presales=await order.list_presales(tx, seen.actor, shop.shop_id),
        kinds=worded(PROMOTION_KINDS, seen.language), now=tx.now,
    )  # fmt: skip


@get("/workbench/{shop_id:str}/promotions", include_in_schema=False)
async def promotions(request: AnyRequest, shop_id: str) -> Template:
    """What runs, what ran, and a form for more."""
    async with db_of(request).read() as tx:
        return await _promotions(request, tx, shop_id)


@post("/workbench/{shop_id:str}/promotions", include_in_schema=False)
async def make(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Make a promotion or a kind of coupons, or only try what it would have cost."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    try:
        terms = read_terms(form)
        if form.get("intent") == "try":
            async with db.read() as tx:
                trial = await order.simulate_promotion(tx, actor, shop, terms, [shop], 7)
                return await _promotions(request, tx, shop_id, "", trial, form)
        await _make(db, actor, shop, form, terms)
    except Refusal as refusal:
        return await _again(request, db, shop_id, refusal, form)
    return redirect_to(f"/workbench/{shop_id}/promotions")


async def _make(db: Db, actor: Actor, shop: int, form: dict[str, str], terms: Terms) -> None:
    titles = {name: form.get(f"title_{name}", "").strip() for name in ("en", "zh")}
    titles = {name: text for name, text in titles.items() if text}
    days = read_number(form, "days", 7)
    if not 1 <= days <= MAX_DAYS:
        raise Invalid("days", f"1 to {MAX_DAYS}")
    starts, ends = db.now(), db.now() + timedelta(days=days)
    if terms.layer == "shop_voucher":
        total, each = read_number(form, "total", 100), read_number(form, "per_buyer", 1) or 1
        draft = voucher.TemplateDraft("coupon", titles, terms, total, each, starts, ends, use_days=days)
        await db.run(voucher.issue_template, actor, shop, draft)
        return
    budget = read_amount(form, "budget") if form.get("budget", "").strip() else 0
    per_buyer = read_number(form, "per_buyer", 0)
    await db.run(
        pricing.make_promotion, actor, shop, pricing.PromotionDraft(titles, terms, starts, ends, budget, 0, per_buyer)
    )


@post("/workbench/{shop_id:str}/promotions/{which:str}/{action:str}", include_in_schema=False)
async def act(request: AnyRequest, shop_id: str, which: str, action: str) -> Redirect | Template:
    """Stop a promotion or a kind of coupons; take part in a campaign, or leave it."""
    db, shop, each = db_of(request), read_id(shop_id, "shop"), read_id(which, "promotion")
    actor = await sender(request, is_fresh=True)
    try:
        if action == "stop":
            await db.run(pricing.stop_promotion, actor, shop, each)
        elif action == "stop-vouchers":
            await db.run(voucher.stop_template, actor, shop, each)
        elif action == "stop-presale":
            await db.run(order.stop_presale, actor, shop, each)
        elif action in {"join", "leave"}:
            await db.run(pricing.enrol_shop, actor, shop, each, takes_part=action == "join")
        else:
            raise NotFound("action", action[:40])
    except Refusal as refusal:
        return await _again(request, db, shop_id, refusal, {})
    return redirect_to(f"/workbench/{shop_id}/promotions")


@post("/workbench/{shop_id:str}/presales", include_in_schema=False)
async def sell_ahead(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Offer a product ahead: deposits for so many days from now, balances for so many after."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    try:
        first, second = read_number(form, "deposit_days", 7), read_number(form, "balance_days", 3)
        if not 1 <= first <= MAX_DAYS or not 1 <= second <= MAX_DAYS:
            raise Invalid("days", f"1 to {MAX_DAYS}")
        titles = {name: text for name in ("en", "zh") if (text := form.get(f"title_{name}", "").strip())}
        counts_as = read_amount(form, "counts_as") if form.get("counts_as", "").strip() else 0
        minus = read_amount(form, "minus") if form.get("minus", "").strip() else 0
        now = db.now()
        turn = now + timedelta(days=first)
        draft = order.PresaleDraft(
            read_id(form.get("product_id", ""), "product"), titles, read_amount(form, "deposit"), now, turn, turn,
            turn + timedelta(days=second), counts_as, minus,
        )  # fmt: skip
        await db.run(order.make_presale, actor, shop, draft)
    except Refusal as refusal:
        return await _again(request, db, shop_id, refusal, form)
    return redirect_to(f"/workbench/{shop_id}/promotions")


async def _again(request: AnyRequest, db: Db, shop_id: str, refusal: Refusal, typed: dict[str, str]) -> Template:
    async with db.read() as tx:
        seen, _ = await enter(request, tx, shop_id)
        return await _promotions(request, tx, shop_id, refusal_text(refusal, seen.language), None, typed)


HANDLERS = [promotions, make, act, sell_ahead]
