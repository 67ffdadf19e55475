"""The desk for brand authorisations and permits: what waits, its papers, each decision with its reason."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import merchant, qualification
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form
from datong.surfaces.labels import worded
from datong.surfaces.merchant.labels import PAPER_KINDS, SHOP_KINDS
from datong.surfaces.page_rendering import redirect_to
from datong.surfaces.qualification.labels import MARKS, QUALIFICATION_STATES
from datong.surfaces.qualification.views import cards_of
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender


@get("/console/qualifications", include_in_schema=False)
async def desk(request: AnyRequest, tab: str = "SUBMITTED", cursor: str = "") -> Template:
    """What waits for a decision, or is in force; the oldest first."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "qualification:read")
        found = await qualification.list_qualification_desk(tx, seen.actor, tab, cursor)
        cards = await cards_of(tx, found.items, seen.language)
    states = worded(QUALIFICATION_STATES, seen.language)
    return console_page(
        seen, "qualification/qualifications", cards=cards, next_cursor=found.next_cursor, tab=tab, states=states,
        tabs=[("SUBMITTED", seen.say("Waiting for a decision")), ("APPROVED", states["APPROVED"])],
    )  # fmt: skip


async def _one(request: AnyRequest, tx: Tx, qualification_id: str, refusal: Refusal | None = None) -> Template:
    seen = await enter(request, tx, "qualification:read")
    found = await qualification.get_qualification(tx, seen.actor, read_id(qualification_id, "qualification"))
    (card,) = await cards_of(tx, [found], seen.language)
    others = await qualification.list_shop_qualifications(tx, seen.actor, found.shop_id, "", 20)
    papers = await merchant.list_papers(tx, seen.actor, found.shop_id)
    return console_page(
        seen, "qualification/qualification", status_of(refusal) if refusal else 200, card=card, now=tx.now,
        papers=[each for each in papers if each.document_id in found.paper_ids],
        others=[
            each for each in await cards_of(tx, others.items, seen.language)
            if each.row.qualification_id != found.qualification_id
        ],
        states=worded(QUALIFICATION_STATES, seen.language), marks=worded(MARKS, seen.language),
        kinds=worded(SHOP_KINDS, seen.language), paper_kinds=worded(PAPER_KINDS, seen.language),
        problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/console/qualifications/{qualification_id:str}", include_in_schema=False)
async def one(request: AnyRequest, qualification_id: str) -> Template:
    """One with its papers, and what else the shop has."""
    async with db_of(request).read() as tx:
        return await _one(request, tx, qualification_id)


@post("/console/qualifications/{qualification_id:str}/{action:str}", include_in_schema=False)
async def decide(request: AnyRequest, qualification_id: str, action: str) -> Redirect | Template:
    """Approve, reject, or revoke later."""
    form = await read_form(request)
    db, each = db_of(request), read_id(qualification_id, "qualification")
    if action not in {"approve", "reject", "revoke"}:
        raise NotFound("action", action[:40])
    actor = await sender(request, is_fresh=True)
    actor.must("operator:qualification:decide")
    reason = form.get("reason", "")
    try:
        if action == "approve":
            await qualification.approve_qualification(db, actor, each)
        elif action == "reject":
            await db.run(qualification.reject_qualification, actor, each, reason)
        else:
            await db.run(qualification.revoke_qualification, actor, each, reason)
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _one(request, tx, qualification_id, refusal)
    return redirect_to(f"/console/qualifications/{each}")


HANDLERS = [desk, one, decide]
