"""A shop's brand authorisations and permits: what it has, asking, renewing, taking back."""

import secrets
from collections.abc import Mapping
from datetime import date

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog, merchant, qualification
from datong.commerce.qualification import BRAND, QualificationDraft
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_form_with_files
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import PageContext, redirect_to
from datong.surfaces.qualification.labels import LEVELS, MARKS, PERMITS, QUALIFICATION_STATES
from datong.surfaces.qualification.views import cards_of, day_after
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, pick, read_id, sender
from datong.surfaces.workbench_frame import enter, work_page

MAX_UPLOAD = 60_000_000
FIELDS = ("kind", "brand", "number", "mark", "level", "valid_from", "valid_until")


async def _page(
    request: AnyRequest, tx: Tx, shop_id: str, typed: Mapping[str, str], cursor: str = "", renew: str = "",
    refusal: Refusal | None = None,
) -> Template:  # fmt: skip
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    if renew:
        typed = await _typed_of(tx, seen, shop, renew)
    found = await qualification.list_shop_qualifications(tx, seen.actor, shop.shop_id, cursor)
    can_see_papers = seen.actor.may("shop:shop:edit", shop.shop_id)
    papers = await merchant.list_papers(tx, seen.actor, shop.shop_id) if can_see_papers else []
    return await work_page(
        tx, entered, "qualification/qualifications", status_of(refusal) if refusal else 200,
        cards=await cards_of(tx, found.items, seen.language), next_cursor=found.next_cursor,
        typed={name: typed.get(name, "") for name in FIELDS}, papers={each.document_id for each in papers},
        request_key=secrets.token_urlsafe(12), now=tx.now,
        states=worded(QUALIFICATION_STATES, seen.language), levels=worded(LEVELS, seen.language),
        marks=worded(MARKS, seen.language), permits=worded(PERMITS, seen.language),
        problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/workbench/{shop_id:str}/qualifications", include_in_schema=False)
async def listing(request: AnyRequest, shop_id: str, cursor: str = "", renew: str = "") -> Template:
    """What the shop may sell by, with the forms to ask for more; `renew` fills one with what is there."""
    async with db_of(request).read() as tx:
        return await _page(request, tx, shop_id, {}, cursor, renew)


async def _typed_of(tx: Tx, seen: PageContext, shop: merchant.Shop, renew: str) -> dict[str, str]:
    """The form with which one is handed in again."""
    seen.actor.must("shop:qualification:read", shop.shop_id)
    each = await qualification.get_qualification(tx, seen.actor, read_id(renew, "qualification"))
    brand = (await catalog.get_brands(tx, [each.brand_id])).get(each.brand_id)
    typed = {"kind": each.kind, "number": each.number, "level": each.level, "mark": each.mark}
    if brand is not None:
        typed["brand"] = pick(brand.names, "en")
    if each.valid_until is not None:
        zone = (await get_storefronts(tx)).get(shop.storefront_id).zone
        typed["valid_from"] = day_after(each.valid_until, zone)
    return typed


@post("/workbench/{shop_id:str}/qualifications", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def hand_in(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Ask for a brand, or hand in a permit, with its papers."""
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must("shop:qualification:edit", shop)
    form, files = await read_form_with_files(request)
    objects, key = adapters_of(request).objects, form.get("request_key", "")
    try:
        draft = QualificationDraft(
            kind=form.get("kind", ""), number=form.get("number", ""), valid_from=_day(form, "valid_from"),
            valid_until=_day(form, "valid_until"), level=form.get("level", ""), mark=form.get("mark", ""),
        )  # fmt: skip
        if draft.kind == BRAND:
            await catalog.request_brand(db, objects, actor, shop, form.get("brand", ""), draft, files, key)
        else:
            await qualification.request_qualification(db, objects, actor, shop, draft, files, key)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _page(request, tx, shop_id, form, refusal=refusal)
    return redirect_to(f"/workbench/{shop_id}/qualifications")


@post("/workbench/{shop_id:str}/qualifications/{qualification_id:str}/withdraw", include_in_schema=False)
async def withdraw(request: AnyRequest, shop_id: str, qualification_id: str) -> Redirect | Template:
    """Take back what waits, or give up what is in force."""
    await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must("shop:qualification:edit", shop)
    each = read_id(qualification_id, "qualification")
    try:
        await db.run(qualification.withdraw_qualification, actor, shop, each)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _page(request, tx, shop_id, {}, refusal=refusal)
    return redirect_to(f"/workbench/{shop_id}/qualifications")


def _day(form: Mapping[str, str], name: str) -> date:
    """A day of a form; refuses `Invalid`."""
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise Invalid(name, "a day like 2027-01-31") from None


HANDLERS = [listing, hand_in, withdraw]
