"""The shop itself in the workbench: its entry with papers and dues, its page, its staff and their rights."""

from litestar import Response, get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog, member, merchant
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_form_with_files, read_number
from datong.surfaces.labels import worded
from datong.surfaces.language import LANGUAGES
from datong.surfaces.merchant.labels import END_REASONS, PAPER_KINDS, ROLE_WORDS, ROLES, SHOP_KINDS, SHOP_STATES
from datong.surfaces.page_rendering import answer_private, load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, adapters_of, db_of, read_id, sender
from datong.surfaces.verification.labels import VERIFICATION_STATES
from datong.surfaces.workbench_frame import enter, work_page

MAX_UPLOAD = 20_000_000


async def _entry(request: AnyRequest, tx: Tx, shop_id: str, refusal: Refusal | None = None) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    papers: list[merchant.Paper] = []
    if seen.actor.may("shop:shop:edit", shop.shop_id):
        papers = await merchant.list_papers(tx, seen.actor, shop.shop_id)
    return await work_page(
        tx, entered, "merchant/entry", status_of(refusal) if refusal else 200,
        identity=await merchant.get_identity_check(tx, seen.actor, shop.shop_id),
        check_states=worded(VERIFICATION_STATES, seen.language),
        entry=await merchant.get_shop_view(tx, seen.actor, shop.shop_id), papers=papers, now=tx.now,
        brand=(await get_storefronts(tx)).get(shop.storefront_id), kinds=worded(SHOP_KINDS, seen.language),
        end_reasons=worded(END_REASONS, seen.language), paper_kinds=worded(PAPER_KINDS, seen.language),
        shop_states=worded(SHOP_STATES, seen.language),
        problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/workbench/{shop_id:str}/entry", include_in_schema=False)
async def entry(request: AnyRequest, shop_id: str) -> Template:
    """Where the shop's entry stands: papers, decision, dues."""
    async with db_of(request).read() as tx:
        return await _entry(request, tx, shop_id)


@post("/workbench/{shop_id:str}/papers", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def hand_in(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Hand in papers."""
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must("shop:shop:edit", shop)
    form, files = await read_form_with_files(request)
    try:
        for body in files:
            await merchant.add_paper(db, adapters_of(request).objects, actor, shop, form.get("kind", ""), body)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _entry(request, tx, shop_id, refusal)
    return redirect_to(f"/workbench/{shop_id}/entry")


@get("/workbench/{shop_id:str}/papers/{document_id:str}", include_in_schema=False)
async def paper(request: AnyRequest, shop_id: str, document_id: str) -> Response[bytes]:
    """One paper, for those who may see it."""
    async with db_of(request).read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        shop, each = read_id(shop_id, "shop"), read_id(document_id, "shop_document")
        media_type, body = await merchant.read_paper(tx, adapters_of(request).objects, actor, shop, each)
    return answer_private(media_type, body)


@post("/workbench/{shop_id:str}/identity", include_in_schema=False)
async def verify_identity(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Have the identity checked under which the shop was applied for."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must("shop:shop:edit", shop)
    try:
        await merchant.verify_identity(db, adapters_of(request).verifiers, actor, shop, form.get("identity", ""))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _entry(request, tx, shop_id, refusal)
    return redirect_to(f"/workbench/{shop_id}/entry")


async def _page(
    request: AnyRequest,
    tx: Tx,
    shop_id: str,
    typed: merchant.ShopPageDraft | None = None,
    refusal: Refusal | None = None,
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    versions = await merchant.list_pages(tx, seen.actor, shop.shop_id)
    shown = versions[0].decoration if versions else merchant.ShopPageDraft(shop.about)
    cards = await catalog.list_shop_cards(tx, shop.shop_id, "", 50, is_open_only=False)
    return await work_page(
        tx, entered, "merchant/page", status_of(refusal) if refusal else 200, versions=versions, shown=typed or shown,
        version=versions[0].version if versions else 0, cards=cards.items,
        problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/workbench/{shop_id:str}/page", include_in_schema=False)
async def decorate_page(request: AnyRequest, shop_id: str) -> Template:
    """What the shop's page says and shows first."""
    async with db_of(request).read() as tx:
        return await _page(request, tx, shop_id)


@post("/workbench/{shop_id:str}/page", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def decorate(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Show it so from now on."""
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must("shop:shop:edit", shop)
    form, files = await read_form_with_files(request)
    decoration = merchant.ShopPageDraft(
        {each: form[f"about_{each}"].strip() for each in LANGUAGES if form.get(f"about_{each}", "").strip()},
        {each: form[f"notice_{each}"].strip() for each in LANGUAGES if form.get(f"notice_{each}", "").strip()},
        "" if "no_picture" in form else form.get("picture", ""),
        [read_id(name.removeprefix("featured-"), "product") for name in form if name.startswith("featured-")],
    )
    try:
        if files:
            address = await catalog.store_image(adapters_of(request).objects, actor, shop, files[0])
            decoration = merchant.ShopPageDraft(decoration.about, decoration.notice, address, decoration.featured)
        await db.run(merchant.edit_shop_page, actor, shop, read_number(form, "after", 0), decoration)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _page(request, tx, shop_id, decoration, refusal)
    return redirect_to(f"/workbench/{shop_id}/page")


@post("/workbench/{shop_id:str}/page/restore", include_in_schema=False)
async def restore(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Show an earlier version again."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must("shop:shop:edit", shop)
    try:
        after, version = read_number(form, "after", 0), read_number(form, "version", 0)
        await db.run(merchant.restore_page, actor, shop, after, version)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _page(request, tx, shop_id, None, refusal)
    return redirect_to(f"/workbench/{shop_id}/page")


async def _staff(
    request: AnyRequest, tx: Tx, shop_id: str, refusal: Refusal | None = None, login: str = ""
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    people = await merchant.list_staff(tx, seen.actor, shop.shop_id)
    return await work_page(
        tx, entered, "merchant/staff", status_of(refusal) if refusal else 200, people=people, login=login,
        names=await member.get_names(tx, [each.member_id for each in people]), roles=worded(ROLES, seen.language),
        role_words=worded(ROLE_WORDS, seen.language), problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/workbench/{shop_id:str}/staff", include_in_schema=False)
async def staff(request: AnyRequest, shop_id: str) -> Template:
    """Who works here, and what each may do."""
    async with db_of(request).read() as tx:
        return await _staff(request, tx, shop_id)


@post("/workbench/{shop_id:str}/staff", include_in_schema=False)
async def set_role(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Give someone a role, change it, or (empty) take it away; by log-in name or, for who works here, by number."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    seen.actor.must("shop:staff:edit", shop)
    try:
        async with db.read() as tx:
            found = await _find_person(tx, form)
        await merchant.set_staff(db, seen.actor, shop, found, form.get("role", ""))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _staff(request, tx, shop_id, refusal, form.get("login", ""))
    return redirect_to(f"/workbench/{shop_id}/staff" if found != seen.actor.id or form.get("role") else "/me")


async def _find_person(tx: Tx, form: dict[str, str]) -> int:
    if form.get("member_id"):
        return read_id(form["member_id"], "member")
    found = await member.find_member_by_login(tx, form.get("login", "").strip().lower())
    if found is None:
        raise NotFound("member", form.get("login", "")[:64])
    if not form.get("role"):
        raise Invalid("role", ", ".join(ROLES))
    return found


HANDLERS = [entry, hand_in, paper, verify_identity, decorate_page, decorate, restore, staff, set_role]
