"""/refunds, /shops/…/refunds, /operator/disputes.

What comes after the sale, for buyers, shops and the platform's staff.
"""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put
from litestar.response import Response

from datong.commerce import aftersale, payment
from datong.kernel.money import Money
from datong.kernel.refusal import NotFound
from datong.surfaces.aftersale.case_parts import (
    BUYERS,
    SHOPS,
    AskChoice,
    answer_file,
    choices_for,
    find_own_line,
)
from datong.surfaces.api_context import Cursor, Key, Limit, PathId, asker, must_have_key, shopper, who
from datong.surfaces.api_views import Made, PageView, ParcelView, RefundView, parcel_view, refund_view
from datong.surfaces.moved import moved
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id

MAX_FILE = 6_000_000


class RefundPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for: a kind and a reason; amount (minor units) and pieces, 0 for all of the line."""

    kind: str
    reason: str
    amount: int = 0
    pieces: int = 0
    is_received: bool = False
    note: str = ""

    def as_ask(self) -> aftersale.RefundRequest:
        """The same, for the use case."""
        return aftersale.RefundRequest(self.kind, self.reason, self.amount, self.pieces, self.is_received, self.note)


class RefundAsk(RefundPut, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same for a line of an order."""

    line_id: str


class CaseActionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do at a version of the case; which of the other fields count depends on the action."""

    version: int = 0
    text: str = ""
    courier: str = ""
    tracking_no: str = ""
    freight: int = 0
    is_resellable: bool = True


class CaseCard(msgspec.Struct, frozen=True):
    """A refund case in a list; send its `version` with every action."""

    id: str
    order_id: str
    version: int
    state: str
    kind: str
    reason: str
    amount: Money
    what: dict[str, Any]
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None


class DisputeView(msgspec.Struct, frozen=True):
    """The platform's help in a case; `status` as in the field's cs_status."""

    version: int
    status: int
    outcome: str
    amount: int
    goodwill: int
    reason: str
    appealed_by: str
    due_at: datetime | None


class CaseStep(msgspec.Struct, frozen=True):
    """One step of the timeline."""

    side: str
    action: str
    text: str
    happened_at: datetime


class EvidenceView(msgspec.Struct, frozen=True):
    """A file of one side."""

    id: str
    side: str
    media_type: str
    size: int
    text: str
    added_at: datetime


class CasePage(msgspec.Struct, frozen=True):
    """A case with everything about it, as buyer, seller or staff see it."""

    case: CaseCard
    side: str
    note: str
    pieces: int
    paid_back: int
    return_address: dict[str, str] | None
    end_reason: str
    dispute: DisputeView | None
    events: list[CaseStep]
    evidence: list[EvidenceView]
    parcels: list[ParcelView]
    refunds: list[RefundView]


class BatchEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case at a version."""

    id: str
    version: int


class BatchAnswer(msgspec.Struct, frozen=True):
    """What became of a case: its state, or the code of the refusal."""

    id: str
    state: str
    refused: str


class DecisionPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision at a version of the dispute: refund, return_first or reject; amounts in minor units."""

    version: int
    outcome: str
    reason: str
    amount: int = 0
    goodwill: int = 0


class AppealPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An appeal decided at a version of the dispute; amount 0 dismisses it."""

    version: int
    reason: str
    amount: int = 0


class DeskView(msgspec.Struct, frozen=True):
    """A dispute on the desk."""

    case: CaseCard
    status: int
    due_at: datetime


def case_card(case: aftersale.RefundCase | aftersale.SellerCase) -> CaseCard:
    """As in a list."""
    return CaseCard(
        str(case.case_id), str(case.order_id), case.version, case.state, case.kind, case.reason,
        Money(case.amount, case.currency), case.what, case.opened_at, case.due_at, case.ended_at,
    )  # fmt: skip


def case_page(view: aftersale.CaseView) -> CasePage:
    """With everything about it, but nobody's ids."""
    dispute = view.dispute
    return CasePage(
        case_card(view.case), view.side, view.case.note, view.case.pieces, view.case.paid_back,
        view.case.return_address, view.case.end_reason,
        DisputeView(
            dispute.version, dispute.cs_status, dispute.outcome, dispute.amount, dispute.goodwill, dispute.reason,
            dispute.appealed_by, dispute.due_at,
        ) if dispute else None,
        [CaseStep(each.side, each.action, each.text, each.happened_at) for each in view.events],
        [
            EvidenceView(str(each.evidence_id), each.side, each.media_type, each.size, each.text, each.added_at)
            for each in view.evidence
        ],
        [parcel_view(parcel, view.tracking) for parcel in view.parcels],
        [refund_view(each) for each in view.refunds],
    )  # fmt: skip


@get("/orders/{order_id:str}/lines/{line_id:str}/refund-options", tags=["after the sale"])
async def options(request: AnyRequest, order_id: PathId, line_id: PathId) -> list[AskChoice]:
    """What may be asked for of a line of mine now, with the reasons for each kind; empty: nothing any more."""
    async with db_of(request).read() as tx:
        actor = await shopper(request, tx)
        view, line = await find_own_line(tx, actor, read_id(order_id, "order"), read_id(line_id, "order_line"))
        return await choices_for(tx, view.order, line)


@post("/orders/{order_id:str}/refunds", status_code=201, tags=["after the sale"])
async def ask(request: AnyRequest, order_id: PathId, data: RefundAsk, key: Key = None) -> Made:
    """Ask for a refund, return, exchange or reshipping of a line, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    each, line = read_id(order_id, "order"), read_id(data.line_id, "order_line")
    return Made(str(await db.run(aftersale.open_refund, actor, each, line, data.as_ask(), must_have_key(key))))


@get("/refunds", tags=["after the sale"])
async def own_cases(
    request: AnyRequest, *, is_open: bool = False, cursor: Cursor = "", limit: Limit = 20
) -> PageView[CaseCard]:  # fmt: skip
    """My refund cases, newest first."""
    async with db_of(request).read() as tx:
        found = await aftersale.list_own_cases(tx, await shopper(request, tx), cursor, limit, is_open=is_open)
    return PageView([case_card(each) for each in found.items], found.next_cursor)


@get("/refunds/{case_id:str}", tags=["after the sale"])
async def one_case(request: AnyRequest, case_id: PathId) -> CasePage:
    """A case, for its buyer, its shop's staff and the platform's."""
    async with db_of(request).read() as tx:
        return case_page(await aftersale.get_case(tx, await who(request, tx), read_id(case_id, "refund_case")))


@put("/refunds/{case_id:str}", status_code=204, tags=["after the sale"])
async def change(request: AnyRequest, case_id: PathId, version: int, data: RefundPut) -> None:
    """Ask for something else; refused with 409 when the case is at another version."""
    db, actor = await asker(request)
    each = read_id(case_id, "refund_case")
    await db.run(aftersale.change_refund, actor, each, version, data.as_ask())


@post("/refunds/{case_id:str}/actions/{action:str}", status_code=204, tags=["after the sale"])
async def act(request: AnyRequest, case_id: PathId, action: str, data: CaseActionBody) -> None:
    """Buyers: withdraw, send-back, confirm; shops: agree, refuse, take-back, replace; both.

    Call, ready, say, appeal.
    """
    db, actor = await asker(request)
    each = read_id(case_id, "refund_case")
    async with db.read() as tx:
        case = (await aftersale.get_case(tx, actor, each)).case
    actions = (
        SHOPS if actor.may("shop:refund:answer", case.shop_id) and action not in {"withdraw", "confirm"} else BUYERS
    )
    if action not in actions or action == "change":
        raise NotFound("action", action[:40])
    form = {
        "version": str(data.version), "text": data.text, "courier": data.courier, "tracking_no": data.tracking_no,
        "freight": f"{data.freight // 100}.{data.freight % 100:02}" if data.freight > 0 else "",
    } | ({"is_resellable": "on"} if data.is_resellable else {})  # fmt: skip
    await actions[action](db, actor, each, data.version, form)


@post("/refunds/{case_id:str}/evidence", status_code=201, tags=["after the sale"], request_max_body_size=MAX_FILE)
async def hand_in(request: AnyRequest, case_id: PathId, text: str = "") -> Made:
    """Hand in one file, sent as the body: a picture (JPEG, PNG, WebP), a PDF or an MP4, up to 5 MB."""
    db, actor = await asker(request)
    each = read_id(case_id, "refund_case")
    body = await request.body()
    return Made(str(await aftersale.add_evidence(db, adapters_of(request).objects, actor, each, body, text)))


@get("/refunds/{case_id:str}/evidence/{evidence_id:str}", tags=["after the sale"])
async def evidence(request: AnyRequest, case_id: PathId, evidence_id: PathId) -> Response[bytes]:
    """A file of a case."""
    _, actor = await asker(request)
    return await answer_file(request, actor, read_id(case_id, "refund_case"), read_id(evidence_id, "evidence"))


@get("/shops/{shop_id:str}/refunds", tags=["selling"])
async def shop_cases(
    request: AnyRequest, shop_id: PathId, *, is_due: bool = False, cursor: Cursor = "", limit: Limit = 30
) -> PageView[CaseCard]:  # fmt: skip
    """The shop's cases: all, newest first; or only those that wait for it, least time left first (one page)."""
    async with db_of(request).read() as tx:
        actor, shop = await who(request, tx), read_id(shop_id, "shop")
        if is_due:
            return PageView([case_card(each) for each in await aftersale.list_due_cases(tx, actor, shop, limit)], "")
        found = await aftersale.list_seller_cases(tx, actor, shop, cursor, limit)
    return PageView([case_card(each) for each in found.items], found.next_cursor)


@post("/shops/{shop_id:str}/refunds/agree", status_code=200, tags=["selling"])
async def agree_to_many(request: AnyRequest, shop_id: PathId, data: list[BatchEntry]) -> list[BatchAnswer]:
    """Agree to several cases, each by itself, within the storefront's limits of number and sum."""
    db, actor = await asker(request)
    cases = [(read_id(each.id, "refund_case"), each.version) for each in data]
    answers = await aftersale.agree_to_many(db, actor, read_id(shop_id, "shop"), cases)
    return [
        BatchAnswer(str(each.case_id), each.state, each.refusal.code if each.refusal else "") for each in answers
    ]  # fmt: skip


@put("/shops/{shop_id:str}/return-address", status_code=204, tags=["selling"])
async def put_address(request: AnyRequest, shop_id: PathId, data: aftersale.ReturnAddress) -> None:
    """Say where returns go."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    await db.run(aftersale.set_return_address, actor, shop, data)


@get("/operator/disputes", tags=["operating"])
async def desk(request: AnyRequest, limit: Limit = 50) -> list[DeskView]:
    """What waits for a decision, least time left first."""
    async with db_of(request).read() as tx:
        found = await aftersale.list_desk(tx, await who(request, tx), (), limit)
    return [DeskView(case_card(case), entry.cs_status, entry.due_at) for entry, case in found]


@post("/operator/disputes/{case_id:str}/decision", status_code=204, tags=["operating"])
async def decide(request: AnyRequest, case_id: PathId, data: DecisionPut) -> None:
    """Decide a dispute, with reasons; it works at once."""
    db, actor = await asker(request)
    decision = aftersale.Decision(data.outcome, data.reason, data.amount, data.goodwill)
    await aftersale.decide_dispute(db, actor, read_id(case_id, "refund_case"), data.version, decision)


@post("/operator/disputes/{case_id:str}/appeal", status_code=204, tags=["operating"])
async def decide_appeal(request: AnyRequest, case_id: PathId, data: AppealPut) -> None:
    """Decide an appeal; whoever made the decision may not."""
    db, actor = await asker(request)
    each = read_id(case_id, "refund_case")
    await aftersale.decide_appeal(db, actor, each, data.version, data.amount, data.reason)


@post("/operator/refunds/{refund_id:str}/resend", status_code=204, tags=["operating"])
async def resend(request: AnyRequest, refund_id: PathId) -> None:
    """Send a declined refund now and not at its next turn."""
    db, actor = await asker(request)
    each = read_id(refund_id, "refund")
    await db.run(payment.resend_refund, actor, each)


HANDLERS = [
    options, ask, own_cases, one_case, change, act, hand_in, evidence, shop_cases, agree_to_many, put_address, desk,
    decide, decide_appeal, resend,
    moved("POST", "/refunds/{case_id:str}/deeds/{action:str}", "/api/v1/refunds/{case_id}/actions/{action}"),
]  # fmt: skip
