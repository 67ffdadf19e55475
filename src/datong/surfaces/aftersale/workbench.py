"""After the sale in the workbench: refunds due by time left, one case, where returns go; reviews and replies."""

from litestar import get, post
from litestar.response import Redirect, Response, Template

from datong.commerce import aftersale
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.aftersale.case_parts import SHOPS, act_on_case, answer_file, case_words
from datong.surfaces.aftersale.labels import CASE_TABS
from datong.surfaces.forms import read_form, read_form_with_files, read_number
from datong.surfaces.labels import worded
from datong.surfaces.order.labels import COURIERS, STEPS
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.workbench_frame import enter, work_page

MAX_UPLOAD = 50_000_000


async def _refunds(
    request: AnyRequest, tx: Tx, shop_id: str, tab: str, cursor: str = "", problem: str = "", status: int = 200
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    actor, each = seen.actor, shop.shop_id
    next_cursor = ""
    if tab == "all":
        page_ = await aftersale.list_seller_cases(tx, actor, each, cursor, 20)
        cases, next_cursor = page_.items, page_.next_cursor
    elif tab == "open":
        cases = await aftersale.list_open_cases(tx, actor, each, 100)
    else:
        cases = await aftersale.list_due_cases(tx, actor, each, 100)
    brand = (await get_storefronts(tx)).get(shop.storefront_id)
    return await work_page(
        tx, entered, "aftersale/refunds", status, cases=cases, next_cursor=next_cursor, tab=tab, now=tx.now,
        problem=problem, tabs=[(key, seen.say(label)) for key, label in CASE_TABS.items()], currency=brand.currency,
        address=await aftersale.find_return_address(tx, each), **case_words(seen),
    )  # fmt: skip


@get("/workbench/{shop_id:str}/refunds", include_in_schema=False)
async def refunds(request: AnyRequest, shop_id: str, tab: str = "due", cursor: str = "") -> Template:
    """What waits for the shop, least time left first."""
    if tab not in CASE_TABS:
        raise Invalid("tab", ", ".join(CASE_TABS))
    async with db_of(request).read() as tx:
        return await _refunds(request, tx, shop_id, tab, cursor)


@post("/workbench/{shop_id:str}/refunds", include_in_schema=False)
async def agree_to_ticked(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Agree to every ticked case at once; what could not be agreed to is said."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    ticked = [
        (read_id(name.removeprefix("case-"), "refund_case"), read_number(form, name, 0))
        for name in form
        if name.startswith("case-")
    ]
    try:
        answers = await aftersale.agree_to_many(db, seen.actor, shop, ticked)
        problems = [f"{each.case_id}: {refusal_text(each.refusal, seen.language)}" for each in answers if each.refusal]
    except Refusal as refusal:
        problems = [refusal_text(refusal, seen.language)]
    await db.run(aftersale.refresh_queue, shop, [case_id for case_id, _ in ticked])
    if problems:
        async with db.read() as tx:
            return await _refunds(request, tx, shop_id, "due", "", " · ".join(problems[:5]), 409)
    return redirect_to(f"/workbench/{shop_id}/refunds")


@post("/workbench/{shop_id:str}/return-address", include_in_schema=False)
async def keep_address(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Say where returns go."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    address = aftersale.ReturnAddress(
        *(form.get(name, "").strip() for name in aftersale.ReturnAddress.__struct_fields__)
    )
    try:
        await db.run(aftersale.set_return_address, seen.actor, shop, address)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _refunds(request, tx, shop_id, "due", "", refusal_text(refusal, seen.language), 422)
    return redirect_to(f"/workbench/{shop_id}/refunds")


async def _case(
    request: AnyRequest, tx: Tx, shop_id: str, case_id: int, problem: str = "", status: int = 200
) -> Template:  # fmt: skip
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    view = await aftersale.get_case(tx, seen.actor, case_id)
    if view.case.shop_id != shop.shop_id or "refund:read" not in seen.actor.shop_rights[shop.shop_id]:
        raise NotFound("refund_case", case_id)
    action = f"/workbench/{shop_id}/refunds/{case_id}"
    return await work_page(
        tx, entered, "aftersale/refund", status, view=view, now=tx.now, problem=problem, couriers=COURIERS,
        action=action, files=f"{action}/files", steps=worded(STEPS, seen.language), **case_words(seen),
    )  # fmt: skip


@get("/workbench/{shop_id:str}/refunds/{case_id:str}", include_in_schema=False)
async def case_page(request: AnyRequest, shop_id: str, case_id: str) -> Template:
    """One case, with what can be done."""
    async with db_of(request).read() as tx:
        return await _case(request, tx, shop_id, read_id(case_id, "refund_case"))


@post(
    "/workbench/{shop_id:str}/refunds/{case_id:str}/{action:str}",
    include_in_schema=False,
    request_max_body_size=MAX_UPLOAD,
)
async def act(request: AnyRequest, shop_id: str, case_id: str, action: str) -> Redirect | Template:
    """Agree, refuse, take back, send another, hand in, say, call the platform, appeal."""
    form, files = await read_form_with_files(request)
    db, each, shop = db_of(request), read_id(case_id, "refund_case"), read_id(shop_id, "shop")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    try:
        await act_on_case(request, seen.actor, SHOPS, each, action, form, files)
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _case(request, tx, shop_id, each, refusal_text(refusal, seen.language), 409)
    await aftersale.copy_case_now(db, each, shop)
    return redirect_to(f"/workbench/{shop_id}/refunds/{case_id}")


@get("/workbench/{shop_id:str}/refunds/{case_id:str}/files/{evidence_id:str}", include_in_schema=False)
async def file(request: AnyRequest, shop_id: str, case_id: str, evidence_id: str) -> Response[bytes]:
    """A file of a case."""
    read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    return await answer_file(request, actor, read_id(case_id, "refund_case"), read_id(evidence_id, "evidence"))


HANDLERS = [refunds, agree_to_ticked, keep_address, case_page, act, file]
