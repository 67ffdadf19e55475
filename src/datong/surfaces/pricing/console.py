"""The platform's campaigns: what they may cost, what they have, and a form for a new one."""

from datetime import timedelta

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import merchant, order, pricing, voucher
from datong.commerce.storefront import get_storefronts
from datong.commerce.voucher import PLATFORM_FUNDER, SHOP_FUNDER, WHOLE, Share, Terms, Tier
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.forms import read_amount, read_form, read_number
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender

PLATFORM = 0
MAX_DAYS = 366


async def _campaigns(
    request: AnyRequest,
    tx: Tx,
    problem: str = "",
    typed: dict[str, str] | None = None,
    trial: order.Simulation | None = None,
) -> Template:
    seen = await enter(request, tx)
    return console_page(
        seen, "pricing/promotions", status=409 if problem else 200, problem=problem, typed=typed or {}, trial=trial,
        promotions=await pricing.list_promotions(tx, seen.actor, PLATFORM),
        templates=await voucher.list_templates(tx, seen.actor, PLATFORM), now=tx.now,
        may_edit=seen.actor.may("operator:promotion:edit"),
    )  # fmt: skip


@get("/console/promotions", include_in_schema=False)
async def campaigns(request: AnyRequest) -> Template:
    """Spend against budget, campaign by campaign."""
    async with db_of(request).read() as tx:
        return await _campaigns(request, tx)


def read_campaign(form: dict[str, str]) -> Terms:
    """Every X off Y over all shops that take part, or a voucher of the platform; shares in percent."""
    percent = read_number(form, "platform_percent", 100)
    if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
        raise Invalid("platform_percent", "0 to 100")
    shares = [Share(PLATFORM_FUNDER, percent * 100), Share(SHOP_FUNDER, WHOLE - percent * 100)]
    funders = [share for share in shares if share.bps]
    amount = read_amount(form, "amount") if form.get("amount", "").strip() else 0
    tier = Tier("minus", read_amount(form, "value"), amount)
    layers = {"cross": "cross", "coupon": "voucher", "envelope": "envelope"}
    if form.get("kind") not in layers:
        raise Invalid("kind", ", ".join(layers))
    is_cross = form["kind"] == "cross"
    return Terms(
        layers[form["kind"]], [tier], funders=funders, is_repeated=is_cross and amount > 0,
        is_enrolled=is_cross and percent < 100,  # noqa: PLR2004 - percent; below it shops pay too
    )  # fmt: skip


async def _shops(tx: Tx) -> list[int]:
    """Shops to try a campaign on: some of every brand."""
    brands = (await get_storefronts(tx)).all
    each = max(1, order.MAX_TRIED_SHOPS // len(brands))
    found = [await merchant.list_open_shops(tx, brand.storefront_id, "", each) for brand in brands]
    return [shop.shop_id for page_ in found for shop in page_.items]


@post("/console/promotions", include_in_schema=False)
async def make(request: AnyRequest) -> Redirect | Template:
    """A new campaign or kind of vouchers, in force at once."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request, is_fresh=True)
    actor.must("operator:promotion:edit")
    try:
        terms, days = read_campaign(form), read_number(form, "days", 7)
        if form.get("intent") == "try":
            async with db.read() as tx:
                trial = await order.simulate_promotion(tx, actor, PLATFORM, terms, await _shops(tx), 7)
                return await _campaigns(request, tx, "", form, trial)
        if not 1 <= days <= MAX_DAYS:
            raise Invalid("days", f"1 to {MAX_DAYS}")
        titles = {name: text for name in ("en", "zh") if (text := form.get(f"title_{name}", "").strip())}
        budget = read_amount(form, "budget") if form.get("budget", "").strip() else 0
        starts, ends = db.now(), db.now() + timedelta(days=days)
        if terms.layer == "cross":
            draft = pricing.PromotionDraft(titles, terms, starts, ends, budget)
            await db.run(pricing.make_promotion, actor, PLATFORM, draft)
        else:
            total = read_number(form, "total", 1_000)
            offer = voucher.TemplateDraft(form["kind"], titles, terms, total, 1, starts, ends, use_days=days)
            await db.run(voucher.issue_template, actor, PLATFORM, offer)
    except Refusal as refusal:
        async with db.read() as tx:
            seen = await load_page_context(request, tx, is_fresh=True)
            return await _campaigns(request, tx, refusal_text(refusal, seen.language), form)
    return redirect_to("/console/promotions")


@post("/console/promotions/{which:str}/{action:str}", include_in_schema=False)
async def stop(request: AnyRequest, which: str, action: str) -> Redirect:
    """Take a campaign out of force, or stop the claiming of vouchers."""
    db, each = db_of(request), read_id(which, "promotion")
    actor = await sender(request, is_fresh=True)
    if action == "stop":
        await db.run(pricing.stop_promotion, actor, PLATFORM, each)
    elif action == "stop-vouchers":
        await db.run(voucher.stop_template, actor, PLATFORM, each)
    else:
        raise NotFound("action", action[:40])
    return redirect_to("/console/promotions")


HANDLERS = [campaigns, make, stop]
