"""/operator/…: what operators of the three centres do."""

from datetime import datetime

import msgspec
from litestar import get, post

from datong.kernel.outbox import backlog, list_dead_letters, send_again
from datong.surfaces.api_context import Cursor, Limit, PathId, asker, who
from datong.surfaces.api_views import PageView
from datong.surfaces.moved import moved
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class FailedEventView(msgspec.Struct, frozen=True):
    """An event that could not be delivered."""

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


@get("/operator/failed-events", tags=["operating"])
async def failed_events(request: AnyRequest, cursor: Cursor = "", limit: Limit = 50) -> PageView[FailedEventView]:
    """Events that could not be delivered."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:fact:read")
        page = await list_dead_letters(tx, cursor, limit)
    items = [
        FailedEventView(str(each.fact_id), each.kind, str(each.owner_id), each.told_at, each.attempts, each.reason)
        for each in page.items
    ]
    return PageView(items, page.next_cursor)


@post("/operator/failed-events/{fact_id:str}/retry", status_code=204, tags=["operating"])
async def retry(request: AnyRequest, fact_id: PathId) -> None:
    """Give a failed event all its attempts once more."""
    db, actor = await asker(request)
    actor.must("operator:fact:resend")
    await send_again(db, read_id(fact_id, "failed_event"))


@get("/operator/backlog", tags=["operating"])
async def see_backlog(request: AnyRequest) -> BacklogView:
    """How far the delivery of facts is behind."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:health:read")
        found = await backlog(tx)
    return BacklogView(found.waiting, found.dead, found.oldest_told_at)


EVENTS = "/api/v1/operator/failed-events"
HANDLERS = [
    failed_events,
    retry,
    see_backlog,
    moved("GET", "/operator/dead-letters", EVENTS),
    moved("POST", "/operator/dead-letters/{fact_id:str}/retry", EVENTS + "/{fact_id}/retry"),
]
