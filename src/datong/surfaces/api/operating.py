"""/operator/…: what operators of the three centres do."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put

from datong.commerce import merchant, payment, rulebook
from datong.kernel.ids import bucket_of
from datong.kernel.outbox import backlog, list_dead_letters, send_again
from datong.surfaces.api.asking import Cursor, Key, Limit, PathId, asker, must_have_key, who
from datong.surfaces.api.views import PageView
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Approve, or reject with a reason."""

    is_approved: bool
    reason: str = ""


class DuesPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A transfer that came in, in minor units."""

    deposit: int
    fee: int


class ApplicationView(msgspec.Struct, frozen=True):
    """A shop that waits."""

    id: str
    state: str
    deposit_due: int
    fee_due: int
    applied_at: datetime


class ParameterView(msgspec.Struct, frozen=True):
    """A parameter: its default, where it comes from, and its value for the whole platform now."""

    name: str
    default: Any
    value: Any
    source: str


class ParameterPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parameter's value from an instant on."""

    value: Any
    scope_kind: str = "platform"
    scope_id: str = "0"
    effective_from: datetime | None = None
    reason: str = ""


class VersionView(msgspec.Struct, frozen=True):
    """The rulebook's version."""

    version: int


class HistoryView(msgspec.Struct, frozen=True):
    """One decision of the rulebook."""

    version: int
    name: str
    scope_kind: str
    scope_id: str
    effective_from: datetime
    value: Any
    set_by: str
    set_at: datetime
    reason: str


class DeadLetterView(msgspec.Struct, frozen=True):
    """A fact that could not be delivered."""

    id: str
    kind: str
    owner_id: str
    told_at: datetime
    attempts: int
    reason: str


class BacklogView(msgspec.Struct, frozen=True):
    """How far delivery is behind."""

    waiting: int
    dead: int
    oldest_told_at: datetime | None


@get("/operator/applications", tags=["operating"])
async def applications(request: AnyRequest) -> list[ApplicationView]:
    """Shops that wait for a decision or their dues, oldest first."""
    async with db_of(request).read() as tx:
        found = await merchant.list_applications(tx, await who(request, tx))
    return [
        ApplicationView(str(each.shop_id), each.state, each.deposit_due, each.fee_due, each.applied_at)
        for each in found
    ]


@post("/operator/shops/{shop_id:str}/decision", status_code=204, tags=["operating"])
async def decide(request: AnyRequest, shop_id: PathId, data: Decision) -> None:
    """Approve or reject an application."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    async with db.begin(bucket_of(shop)) as tx:
        await merchant.decide_application(tx, actor, shop, is_approved=data.is_approved, reason=data.reason)


@post("/operator/shops/{shop_id:str}/dues", status_code=204, tags=["operating"])
async def dues(request: AnyRequest, shop_id: PathId, data: DuesPut, key: Key = None) -> None:
    """Book a transfer of a shop, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    async with db.begin(bucket_of(shop)) as tx:
        await payment.receive_dues(tx, actor, shop, data.deposit, data.fee, must_have_key(key))


@get("/operator/parameters", tags=["operating"])
async def parameters(request: AnyRequest) -> list[ParameterView]:
    """Every parameter of the platform."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:rulebook:edit")
        rules, now = await rulebook.get_rules(tx), tx.now
    return [
        ParameterView(name, each.default, rules.value(each, now), each.source)
        for name, each in sorted(tx.house.parameters.items())
    ]


@put("/operator/parameters/{name:str}", tags=["operating"])
async def put_parameter(request: AnyRequest, name: str, data: ParameterPut) -> VersionView:
    """Decide a parameter's value."""
    db, actor = await asker(request)
    scope_id = 0 if data.scope_id == "0" else read_id(data.scope_id, "scope")
    async with db.begin() as tx:
        version = await rulebook.set_parameter(
            tx, actor, name, data.value, scope_kind=data.scope_kind, scope_id=scope_id,
            effective_from=data.effective_from, reason=data.reason,
        )  # fmt: skip
    return VersionView(version)


@get("/operator/parameter-history", tags=["operating"])
async def history(request: AnyRequest, name: str = "", cursor: Cursor = "", limit: Limit = 50) -> PageView[HistoryView]:
    """Decisions of the rulebook, newest first."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:rulebook:edit")
        page = await rulebook.list_history(tx, name, cursor, limit)
    items = [
        HistoryView(
            each.version, each.name, each.scope_kind, str(each.scope_id), each.effective_from, each.value,
            str(each.set_by), each.set_at, each.reason,
        )
        for each in page.items
    ]  # fmt: skip
    return PageView(items, page.next_cursor)


@get("/operator/dead-letters", tags=["operating"])
async def dead_letters(request: AnyRequest, cursor: Cursor = "", limit: Limit = 50) -> PageView[DeadLetterView]:
    """Facts that could not be delivered."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:fact:read")
        page = await list_dead_letters(tx, cursor, limit)
    items = [
        DeadLetterView(str(each.fact_id), each.kind, str(each.owner_id), each.told_at, each.attempts, each.reason)
        for each in page.items
    ]
    return PageView(items, page.next_cursor)


@post("/operator/dead-letters/{fact_id:str}/retry", status_code=204, tags=["operating"])
async def retry(request: AnyRequest, fact_id: PathId) -> None:
    """Give a dead letter all its attempts once more."""
    db, actor = await asker(request)
    actor.must("operator:fact:resend")
    await send_again(db, read_id(fact_id, "dead_letter"))


@get("/operator/backlog", tags=["operating"])
async def see_backlog(request: AnyRequest) -> BacklogView:
    """How far the delivery of facts is behind."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:health:read")
        found = await backlog(tx)
    return BacklogView(found.waiting, found.dead, found.oldest_told_at)


HANDLERS = [
    applications, decide, dues, parameters, put_parameter, history, dead_letters, retry, see_backlog,
]  # fmt: skip
