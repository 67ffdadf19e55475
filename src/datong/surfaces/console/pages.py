"""The console's overview, members, the ledger, timers, jobs with dead letters, and who did what."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong import __version__
from datong.commerce import aftersale, member, merchant, payment, pricing, review, voucher
from datong.kernel.heartbeat import list_heartbeats
from datong.kernel.outbox import Backlog, backlog, list_dead_letters, send_again
from datong.kernel.refusal import Invalid
from datong.platform import governance
from datong.surfaces.console.entering import console_page, enter
from datong.surfaces.labels import worded
from datong.surfaces.labels_console import ACCOUNTS, TILES, TIMERS
from datong.surfaces.page_rendering import redirect_to
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender

PLATFORM = 0


@get("/console", include_in_schema=False)
async def console(request: AnyRequest) -> Template:
    """How the platform is, each number a way to its rows; only what this operator may see."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx)
        actor = seen.actor
        tiles: list[tuple[str, str, int, bool]] = []
        if actor.may("operator:shop:read"):
            tiles.append(("shops", TILES["shops"], len(await merchant.list_applications(tx, actor, 100)), False))
        if actor.may("operator:dispute:decide"):
            tiles.append(("disputes", TILES["disputes"], len(await aftersale.list_desk(tx, actor, (), 100)), False))
        if actor.may("operator:review:moderate"):
            tiles.append(("reviews", TILES["reviews"], len(await review.list_moderation(tx, actor, 100)), False))
        behind: Backlog | None = await backlog(tx) if actor.may("operator:health:read") else None
        if behind:
            tiles += [
                ("jobs", TILES["waiting"], behind.waiting, False),
                ("jobs", TILES["dead"], behind.dead, behind.dead > 0),
            ]
        now = tx.now
    return console_page(
        seen, "console", tiles=[(part, seen.say(label), count, is_bad) for part, label, count, is_bad in tiles],
        behind=behind, now=now, version=__version__,
    )  # fmt: skip


@get("/console/members", include_in_schema=False)
async def members(request: AnyRequest, login: str = "") -> Template:
    """One member, found by its log-in name alone: what the consumer centre needs to help, and no more."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "member:read")
        member_id = await member.find_member_by_login(tx, login.strip().lower()) if login.strip() else None
        found = await member.find_member(tx, seen.actor, member_id) if member_id else None
        coins = (await voucher.get_coins(tx, [member_id])).get(member_id, 0) if member_id else 0
    return console_page(seen, "members", login=login, found=found, coins=coins)


@get("/console/budgets", include_in_schema=False)
async def budgets(request: AnyRequest) -> Template:
    """What campaigns may cost and have cost, and how many vouchers of each kind are claimed."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "promotion:read")
        promotions = await pricing.list_promotions(tx, seen.actor, PLATFORM)
        templates = await voucher.list_templates(tx, seen.actor, PLATFORM)
        now = tx.now
    return console_page(seen, "budgets", promotions=promotions, templates=templates, now=now)


@get("/console/ledger", include_in_schema=False)
async def ledger(
    request: AnyRequest, account: str = "escrow", owner: str = "", posting: str = "", cursor: str = ""
) -> Template:
    """The platform's own accounts; one owner's movements; one posting leg by leg."""
    if account not in payment.ACCOUNTS:
        raise Invalid("account", ", ".join(payment.ACCOUNTS))
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "ledger:read")
        totals = await payment.list_platform_totals(tx, seen.actor)
        owner_id, posting_id = (read_id(each.strip(), "entry") if each.strip() else 0 for each in (owner, posting))
        held = await payment.list_held(tx, seen.actor, owner_id) if owner_id else []
        found = await payment.list_entries(tx, seen.actor, account, owner_id, cursor) if owner_id else None
        legs = await payment.get_posting(tx, seen.actor, posting_id) if posting_id else []
    return console_page(
        seen, "ledger", totals=totals, held=held, entries=found.items if found else [], account=account, owner=owner,
        next_cursor=found.next_cursor if found else "", posting=posting, legs=legs,
        accounts=worded(ACCOUNTS, seen.language),
        owned=payment.ACCOUNTS,
    )  # fmt: skip


@get("/console/timers", include_in_schema=False)
async def timers(request: AnyRequest) -> Template:
    """Every clock, and which are late."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "timer:read")
        found = await governance.list_timers(tx, seen.actor)
        now = tx.now
    return console_page(seen, "timers", timers=found, words=worded(TIMERS, seen.language), now=now)


@get("/console/jobs", include_in_schema=False)
async def jobs(request: AnyRequest, cursor: str = "") -> Template:
    """What the workers do again and again, what waits for delivery, and what could not be delivered."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "health:read")
        letters = await list_dead_letters(tx, cursor, 20) if seen.actor.may("operator:fact:read") else None
        beats, behind, now = await list_heartbeats(tx), await backlog(tx), tx.now
    return console_page(
        seen, "jobs", beats=beats, behind=behind, now=now, letters=letters.items if letters else [],
        next_cursor=letters.next_cursor if letters else "", may_resend=seen.actor.may("operator:fact:resend"),
    )  # fmt: skip


@post("/console/dead-letters/{fact_id:str}", include_in_schema=False)
async def resend(request: AnyRequest, fact_id: str) -> Redirect:
    """Send a dead letter again."""
    actor = await sender(request, is_fresh=True)
    actor.must("operator:fact:resend")
    await send_again(db_of(request), read_id(fact_id, "dead_letter"))
    return redirect_to("/console/jobs")


@get("/console/acts", include_in_schema=False)
async def acts(request: AnyRequest, operator: str = "", cursor: str = "") -> Template:
    """Who did what: every act of an operator, refused or not, the latest first."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "act:read")
        operator_id = read_id(operator, "member") if operator else 0
        found = await governance.list_acts(tx, seen.actor, operator_id, cursor, 50)
        names = await member.get_names(tx, [each.operator_id for each in found.items])
    return console_page(seen, "acts", acts=found.items, next_cursor=found.next_cursor, names=names, operator=operator)


HANDLERS = [console, members, budgets, ledger, timers, jobs, resend, acts]
