"""My refunds: asking, the case with its timeline and countdown, evidence, and everything that can be done next."""

import secrets

from litestar import get, post
from litestar.response import Redirect, Response, Template

from datong.commerce import aftersale, order
from datong.kernel.actor import SYSTEM
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.aftersale.case_parts import (
    BUYERS,
    act_on_case,
    answer_file,
    case_words,
    choices_for,
    find_own_line,
    read_ask,
)
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_form_with_files
from datong.surfaces.labels import worded
from datong.surfaces.order.labels import COURIERS, STEPS
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender

MAX_UPLOAD = 50_000_000


@get("/refunds", include_in_schema=False)
async def refunds(request: AnyRequest, tab: str = "", cursor: str = "") -> Template:
    """My refund cases, all or those still open."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        found = await aftersale.list_own_cases(tx, seen.actor, cursor, 10, is_open=tab == "open")
        now = tx.now
    return page(
        seen, "aftersale/refunds.html", cases=found.items, next_cursor=found.next_cursor, tab=tab, now=now,
        **case_words(seen),
    )  # fmt: skip


async def _ask_page(
    tx: Tx,
    seen: PageContext,
    order_id: int,
    line_id: int,
    kind: str,
    form: dict[str, str],
    refusal: Refusal | None = None,
) -> Template:
    seen.must_be_member()
    view, line = await find_own_line(tx, seen.actor, order_id, line_id)
    choices = await choices_for(tx, view.order, line)
    chosen = next((each for each in choices if each.kind == kind), choices[0] if choices else None)
    return page(
        seen, "aftersale/refund_ask.html", status_code=status_of(refusal) if refusal else 200, order=view.order,
        item=line, choices=choices, chosen=chosen, form=form,
        problem=refusal_text(refusal, seen.language) if refusal else "",
        most=order.max_refundable(line, line.quantity),
        freight=order.freight_with(tx.house, view.order, view.lines, line_id, line.left),
        request_key=secrets.token_urlsafe(16), **case_words(seen),
    )  # fmt: skip


@get("/orders/{order_id:str}/lines/{line_id:str}/refund", include_in_schema=False)
async def ask_page(request: AnyRequest, order_id: str, line_id: str, kind: str = "") -> Template:
    """What may be asked for of a line."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        return await _ask_page(tx, seen, read_id(order_id, "order"), read_id(line_id, "order_line"), kind, {})


@post("/orders/{order_id:str}/lines/{line_id:str}/refund", include_in_schema=False)
async def ask(request: AnyRequest, order_id: str, line_id: str) -> Redirect | Template:
    """Open a case; what is wrong is said beside what was typed."""
    form = await read_form(request)
    db, each, line = db_of(request), read_id(order_id, "order"), read_id(line_id, "order_line")
    actor = await sender(request)
    try:
        case_id = await db.run(aftersale.open_refund, actor, each, line, read_ask(form), form.get("request_key", ""))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _ask_page(
                tx, await load_page_context(request, tx), each, line, form.get("kind", ""), form, refusal
            )
    return redirect_to(f"/refunds/{case_id}")


async def _case_page(tx: Tx, seen: PageContext, case_id: int, refusal: Refusal | None = None) -> Template:
    seen.must_be_member()
    view = await aftersale.get_case(tx, seen.actor, case_id)
    if view.side != "buyer":
        raise NotFound("refund_case", case_id)
    bought = await order.get_order(tx, SYSTEM, view.case.order_id)
    line = next(each for each in bought.lines if each.line_id == view.case.line_id)
    return page(
        seen, "aftersale/refund.html", status_code=status_of(refusal) if refusal else 200, view=view, now=tx.now,
        problem=refusal_text(refusal, seen.language) if refusal else "",
        choices=await choices_for(tx, bought.order, line, is_new=False),
        steps=worded(STEPS, seen.language), couriers=COURIERS, most=order.max_refundable(line, line.quantity),
        item=line, files=f"/refunds/{case_id}/files", action=f"/refunds/{case_id}", **case_words(seen),
    )  # fmt: skip


@get("/refunds/{case_id:str}", include_in_schema=False)
async def case_page(request: AnyRequest, case_id: str) -> Template:
    """One case."""
    async with db_of(request).read() as tx:
        return await _case_page(tx, await load_page_context(request, tx), read_id(case_id, "refund_case"))


@post("/refunds/{case_id:str}/{action:str}", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def act(request: AnyRequest, case_id: str, action: str) -> Redirect | Template:
    """Change, withdraw, send back, confirm, call the platform, hand in, say, appeal."""
    form, files = await read_form_with_files(request)
    db, each = db_of(request), read_id(case_id, "refund_case")
    actor = await sender(request)
    try:
        await act_on_case(request, actor, BUYERS, each, action, form, files)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _case_page(tx, await load_page_context(request, tx), each, refusal)
    return redirect_to(f"/refunds/{each}")


@get("/refunds/{case_id:str}/files/{evidence_id:str}", include_in_schema=False)
async def file(request: AnyRequest, case_id: str, evidence_id: str) -> Response[bytes]:
    """A file of a case."""
    actor = await sender(request)
    return await answer_file(request, actor, read_id(case_id, "refund_case"), read_id(evidence_id, "evidence"))


HANDLERS = [refunds, ask_page, ask, case_page, act, file]
