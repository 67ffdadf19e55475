"""Shop entry in the console: who waits, with papers and dues; each decision says why."""

from litestar import get, post
from litestar.response import Redirect, Response, Template

from datong.commerce import merchant, payment
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.labels import worded
from datong.surfaces.merchant.labels import END_REASONS, PAPER_KINDS, SHOP_KINDS, SHOP_STATES
from datong.surfaces.page_rendering import answer_private, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, adapters_of, db_of, read_id, sender
from datong.surfaces.verification.labels import VERIFICATION_STATES


@get("/console/shops", include_in_schema=False)
async def queue(request: AnyRequest) -> Template:
    """Shops that wait for a decision or for their dues, the oldest first."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "shop:read")
        waiting = await merchant.list_applications(tx, seen.actor, 100)
        shops = await merchant.get_shops(tx, [each.shop_id for each in waiting])
    return console_page(
        seen, "merchant/shops", waiting=waiting, shops=shops, shop_states=worded(SHOP_STATES, seen.language),
        kinds=worded(SHOP_KINDS, seen.language),
    )  # fmt: skip


async def _shop(request: AnyRequest, tx: Tx, shop_id: int, refusal: Refusal | None = None) -> Template:
    seen = await enter(request, tx, "shop:read")
    shop = await merchant.get_shop(tx, shop_id)
    return console_page(
        seen, "merchant/shop", status_of(refusal) if refusal else 200, shop=shop,
        entry=await merchant.get_shop_view(tx, seen.actor, shop_id),
        papers=await merchant.list_papers(tx, seen.actor, shop_id),
        identity=await merchant.get_identity_check(tx, seen.actor, shop_id),
        check_states=worded(VERIFICATION_STATES, seen.language),
        brand=(await get_storefronts(tx)).get(shop.storefront_id),
        kinds=worded(SHOP_KINDS, seen.language), paper_kinds=worded(PAPER_KINDS, seen.language), now=tx.now,
        end_reasons=worded(END_REASONS, seen.language),
        shop_states=worded(SHOP_STATES, seen.language), problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/console/shops/find", include_in_schema=False)
async def find(request: AnyRequest, slug: str = "") -> Redirect:
    """To the shop of an address."""
    async with db_of(request).read() as tx:
        await enter(request, tx, "shop:read")
        shop = await merchant.find_shop_by_slug(tx, slug.strip().removeprefix("/shops/")[:60])
    if shop is None:
        raise NotFound("shop", slug[:60])
    return redirect_to(f"/console/shops/{shop.shop_id}")


@get("/console/shops/{shop_id:str}", include_in_schema=False)
async def shop_page(request: AnyRequest, shop_id: str) -> Template:
    """One shop's entry."""
    async with db_of(request).read() as tx:
        return await _shop(request, tx, read_id(shop_id, "shop"))


@get("/console/shops/{shop_id:str}/papers/{document_id:str}", include_in_schema=False)
async def paper(request: AnyRequest, shop_id: str, document_id: str) -> Response[bytes]:
    """One paper."""
    async with db_of(request).read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        actor.must("operator:shop:read")
        shop, each = read_id(shop_id, "shop"), read_id(document_id, "shop_document")
        media_type, body = await merchant.read_paper(tx, adapters_of(request).objects, actor, shop, each)
    return answer_private(media_type, body)


@post("/console/shops/{shop_id:str}/{action:str}", include_in_schema=False)
async def decide(request: AnyRequest, shop_id: str, action: str) -> Redirect | Template:
    """Approve, reject, restrict, let back, or book the dues of a shop."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    if action not in {"approve", "reject", "restrict", "release", "dues"}:
        raise NotFound("action", action[:40])
    actor = await sender(request, is_fresh=True)
    actor.must("operator:dues:record" if action == "dues" else "operator:shop:decide")
    reason = form.get("reason", "").strip()
    try:
        if action == "dues":
            deposit, fee = read_number(form, "deposit", 0), read_number(form, "fee", 0)
            await db.run(payment.receive_dues, actor, shop, deposit, fee, form.get("request_key", ""))
        elif action in {"restrict", "release"}:
            await db.run(merchant.restrict_shop, actor, shop, is_restricted=action == "restrict", reason=reason)
        else:
            await db.run(merchant.decide_application, actor, shop, is_approved=action == "approve", reason=reason)
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _shop(request, tx, shop, refusal)
    return redirect_to(f"/console/shops/{shop}")


HANDLERS = [queue, find, shop_page, paper, decide]
