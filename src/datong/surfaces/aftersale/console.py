"""The platform's desk: disputes by time left, both files side by side, decisions and appeals.

Reviews to be looked at.
"""

from litestar import get, post
from litestar.response import Redirect, Response, Template

from datong.commerce import aftersale, messaging, payment
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.aftersale.case_parts import answer_file, case_words
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.forms import read_amount, read_form, read_number
from datong.surfaces.labels import worded
from datong.surfaces.order.labels import STEPS
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender


@get("/console/disputes", include_in_schema=False)
async def desk(request: AnyRequest) -> Template:
    """What waits for a decision, least time left first; refunds that gateways declined."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx)
        found = await aftersale.list_desk(tx, seen.actor, (), 100)
        declined = []
        if seen.actor.may("operator:refund:resend"):
            declined = await payment.list_declined_refunds(tx, seen.actor)
        now = tx.now
    return console_page(seen, "aftersale/disputes", desk=found, declined=declined, now=now, **case_words(seen))


async def _case(request: AnyRequest, tx: Tx, case_id: int, problem: str = "", status: int = 200) -> Template:
    seen = await enter(request, tx)
    seen.actor.must("operator:dispute:decide")
    view = await aftersale.get_case(tx, seen.actor, case_id)
    said = await messaging.read_transcript(tx, seen.actor, view.case.member_id, view.case.shop_id)
    return console_page(
        seen, "aftersale/dispute", status=status, view=view, said=said, now=tx.now, problem=problem,
        offered=aftersale.outcomes_for(view.case),
        files=f"/console/disputes/{case_id}/files", steps=worded(STEPS, seen.language), **case_words(seen),
    )  # fmt: skip


@get("/console/disputes/{case_id:str}", include_in_schema=False)
async def case_page(request: AnyRequest, case_id: str) -> Template:
    """One case with both sides' files."""
    async with db_of(request).read() as tx:
        return await _case(request, tx, read_id(case_id, "refund_case"))


@post("/console/disputes/{case_id:str}/{action:str}", include_in_schema=False)
async def decide(request: AnyRequest, case_id: str, action: str) -> Redirect | Template:
    """Decide the dispute, or its appeal."""
    form = await read_form(request)
    db, each = db_of(request), read_id(case_id, "refund_case")
    if action not in {"decide", "appeal"}:
        raise NotFound("action", action[:40])
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    try:
        version = read_number(form, "version", 0)
        amount = read_amount(form, "amount") if form.get("amount", "").strip() else 0
        if action == "decide":
            goodwill = read_amount(form, "goodwill") if form.get("goodwill", "").strip() else 0
            decision = aftersale.Decision(form.get("outcome", ""), form.get("reason", ""), amount, goodwill)
            await aftersale.decide_dispute(db, seen.actor, each, version, decision)
        else:
            await aftersale.decide_appeal(db, seen.actor, each, version, amount, form.get("reason", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _case(request, tx, each, refusal_text(refusal, seen.language), 409)
    return redirect_to(f"/console/disputes/{each}")


@get("/console/disputes/{case_id:str}/files/{evidence_id:str}", include_in_schema=False)
async def file(request: AnyRequest, case_id: str, evidence_id: str) -> Response[bytes]:
    """A file of a case."""
    actor = await sender(request, is_fresh=True)
    return await answer_file(request, actor, read_id(case_id, "refund_case"), read_id(evidence_id, "evidence"))


@post("/console/refunds/{refund_id:str}/resend", include_in_schema=False)
async def resend(request: AnyRequest, refund_id: str) -> Redirect:
    """Ask the gateway once more, now."""
    db, each = db_of(request), read_id(refund_id, "refund")
    actor = await sender(request, is_fresh=True)
    await db.run(payment.resend_refund, actor, each)
    return redirect_to("/console/disputes")


HANDLERS = [desk, case_page, decide, file, resend]
