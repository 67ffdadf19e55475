"""The console's overview, members, timers, jobs with failed events, and the audit log."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong import __version__
from datong.commerce import member
from datong.kernel.actor import Actor
from datong.kernel.heartbeat import list_heartbeats
from datong.kernel.outbox import Backlog, backlog, list_dead_letters, send_again
from datong.kernel.tx import Tx
from datong.platform import governance
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.labels import worded
from datong.surfaces.menus import load_tiles
from datong.surfaces.moved import moved
from datong.surfaces.page_rendering import redirect_to
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender


@get("/console", include_in_schema=False)
async def console(request: AnyRequest) -> Template:
    """How the platform is, each number a way to its rows; only what this operator may see."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx)
        tiles = await load_tiles(tx, seen.windows, "console", "/console", seen.actor, seen.say)
        behind: Backlog | None = await backlog(tx) if seen.actor.may("operator:health:read") else None
        now = tx.now
    return console_page(seen, "governance/console", tiles=tiles, behind=behind, now=now, version=__version__)


@get("/console/timers", include_in_schema=False)
async def timers(request: AnyRequest) -> Template:
    """Every clock, and which are late."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "timer:read")
        found = await governance.list_timers(tx, seen.actor)
        now = tx.now
    return console_page(
        seen, "governance/timers", timers=found, words=worded(seen.windows.timers, seen.language), now=now
    )


@get("/console/jobs", include_in_schema=False)
async def jobs(request: AnyRequest, cursor: str = "") -> Template:
    """What the workers do again and again, what waits for delivery, and what could not be delivered."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "health:read")
        letters = await list_dead_letters(tx, cursor, 20) if seen.actor.may("operator:fact:read") else None
        beats, behind, now = await list_heartbeats(tx), await backlog(tx), tx.now
    return console_page(
        seen, "governance/jobs", beats=beats, behind=behind, now=now, letters=letters.items if letters else [],
        next_cursor=letters.next_cursor if letters else "", may_resend=seen.actor.may("operator:fact:resend"),
    )  # fmt: skip


@post("/console/failed-events/{fact_id:str}", include_in_schema=False)
async def resend(request: AnyRequest, fact_id: str) -> Redirect:
    """Deliver a failed event once more."""
    actor = await sender(request, is_fresh=True)
    actor.must("operator:fact:resend")
    await send_again(db_of(request), read_id(fact_id, "failed_event"))
    return redirect_to("/console/jobs")


@get("/console/audit-log", include_in_schema=False)
async def audit_log(request: AnyRequest, operator: str = "", cursor: str = "") -> Template:
    """The audit log: every act of an operator, refused or not, the latest first."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "act:read")
        operator_id = read_id(operator, "member") if operator else 0
        found = await governance.list_acts(tx, seen.actor, operator_id, cursor, 50)
        names = await member.get_names(tx, [each.operator_id for each in found.items])
    return console_page(
        seen, "governance/audit_log", acts=found.items, next_cursor=found.next_cursor, names=names, operator=operator
    )


async def count_undelivered(tx: Tx, _: Actor, __: int) -> tuple[int, int]:
    """How many events wait for their delivery, and how many could not be delivered."""
    found = await backlog(tx)
    return found.waiting, found.dead


HANDLERS = [
    console,
    timers,
    jobs,
    resend,
    audit_log,
    moved("GET", "/console/acts", "/console/audit-log"),
    moved("POST", "/console/dead-letters/{fact_id:str}", "/console/failed-events/{fact_id}"),
]
