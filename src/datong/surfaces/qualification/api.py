"""/shops/…/qualifications and /operator/qualifications: brand authorisations and permits."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.params import Parameter

from datong.commerce import catalog, qualification
from datong.commerce.qualification import BRAND, Qualification, QualificationDraft
from datong.surfaces.api_context import Cursor, Key, Limit, PathId, asker, must_have_key, who
from datong.surfaces.api_views import Made, PageView
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id

InDesk = Annotated[str, Parameter(query="state", max_length=20, description="SUBMITTED or APPROVED")]


class QualificationPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a shop hands in; the papers are uploaded before.

    `kind` is `brand` (then with the brand's name, level and mark) or a kind of permit. The days are the first and the
    last on which it is valid.
    """

    kind: str
    number: str
    valid_from: date
    valid_until: date
    paper_ids: list[str]
    brand: str = ""
    level: str = ""
    """own, exclusive, first, second or third."""
    mark: str = ""
    """R (registered) or TM (applied for)."""


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Approve, or reject with a reason for the shop to read."""

    is_approved: bool
    reason: str = ""


class Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it does not count any more."""

    reason: str


class QualificationView(msgspec.Struct, frozen=True):
    """A brand authorisation or a permit; `valid_until` is the first instant at which it is over (none: never)."""

    id: str
    shop_id: str
    kind: str
    brand_id: str
    level: str
    mark: str
    number: str
    valid_from: datetime
    valid_until: datetime | None
    paper_ids: list[str]
    state: str
    reason: str
    applied_at: datetime
    decided_at: datetime | None


def _view(each: Qualification) -> QualificationView:
    return QualificationView(
        str(each.qualification_id), str(each.shop_id), each.kind, str(each.brand_id), each.level, each.mark,
        each.number, each.valid_from, each.valid_until, [str(paper) for paper in each.paper_ids], each.state,
        each.reason, each.applied_at, each.decided_at,
    )  # fmt: skip


@get("/shops/{shop_id:str}/qualifications", tags=["selling"])
async def own(
    request: AnyRequest, shop_id: PathId, cursor: Cursor = "", limit: Limit = 30
) -> PageView[QualificationView]:
    """The shop's brand authorisations and permits in any state, the latest first."""
    async with db_of(request).read() as tx:
        actor, shop = await who(request, tx), read_id(shop_id, "shop")
        found = await qualification.list_shop_qualifications(tx, actor, shop, cursor, limit)
    return PageView([_view(each) for each in found.items], found.next_cursor)


@post("/shops/{shop_id:str}/qualifications", status_code=201, tags=["selling"])
async def hand_in(request: AnyRequest, shop_id: PathId, data: QualificationPut, key: Key = None) -> Made:
    """Ask for a brand or hand in a permit, once for each `Idempotency-Key`; to renew, hand it in again."""
    db, actor = await asker(request)
    shop, objects = read_id(shop_id, "shop"), adapters_of(request).objects
    draft = QualificationDraft(
        kind=data.kind, number=data.number, valid_from=data.valid_from, valid_until=data.valid_until, level=data.level,
        mark=data.mark, paper_ids=[read_id(each, "shop_document") for each in data.paper_ids],
    )  # fmt: skip
    if data.kind == BRAND:
        made = await catalog.request_brand(db, objects, actor, shop, data.brand, draft, [], must_have_key(key))
    else:
        made = await qualification.request_qualification(db, objects, actor, shop, draft, [], must_have_key(key))
    return Made(str(made))


@delete("/shops/{shop_id:str}/qualifications/{qualification_id:str}", status_code=204, tags=["selling"])
async def withdraw(request: AnyRequest, shop_id: PathId, qualification_id: PathId) -> None:
    """Take back what waits, or give up what is in force."""
    db, actor = await asker(request)
    each = read_id(qualification_id, "qualification")
    await db.run(qualification.withdraw_qualification, actor, read_id(shop_id, "shop"), each)


@get("/operator/qualifications", tags=["operating"])
async def desk(
    request: AnyRequest, in_state: InDesk = "SUBMITTED", cursor: Cursor = "", limit: Limit = 30
) -> PageView[QualificationView]:
    """What waits for a decision (SUBMITTED) or is in force (APPROVED), the oldest first."""
    async with db_of(request).read() as tx:
        found = await qualification.list_qualification_desk(tx, await who(request, tx), in_state, cursor, limit)
    return PageView([_view(each) for each in found.items], found.next_cursor)


@get("/operator/qualifications/{qualification_id:str}", tags=["operating"])
async def one(request: AnyRequest, qualification_id: PathId) -> QualificationView:
    """One of them."""
    async with db_of(request).read() as tx:
        actor, each = await who(request, tx), read_id(qualification_id, "qualification")
        actor.must("operator:qualification:read")
        return _view(await qualification.get_qualification(tx, actor, each))


@post("/operator/qualifications/{qualification_id:str}/decision", status_code=204, tags=["operating"])
async def decide(request: AnyRequest, qualification_id: PathId, data: Verdict) -> None:
    """Approve or reject. Whoever comes second is answered 409; the same again by the same operator does nothing."""
    db, actor = await asker(request)
    each = read_id(qualification_id, "qualification")
    if data.is_approved:
        await qualification.approve_qualification(db, actor, each)
    else:
        await db.run(qualification.reject_qualification, actor, each, data.reason)


@post("/operator/qualifications/{qualification_id:str}/revocation", status_code=204, tags=["operating"])
async def revoke(request: AnyRequest, qualification_id: PathId, data: Revocation) -> None:
    """End one that is in force; the products that were sold by it are taken down."""
    db, actor = await asker(request)
    await db.run(qualification.revoke_qualification, actor, read_id(qualification_id, "qualification"), data.reason)


HANDLERS = [own, hand_in, withdraw, desk, one, decide, revoke]
