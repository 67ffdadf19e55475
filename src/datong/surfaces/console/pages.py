"""The console's one page for now, and its deeds; each part asks for its right."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import merchant, payment, rulebook
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.outbox import Backlog, DeadLetter, backlog, list_dead_letters, send_again
from datong.kernel.refusal import NotAllowed
from datong.surfaces.asking import AnyRequest, asker, db_of, read_id
from datong.surfaces.console.entering import console_page, enter
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.labels import SHOP_STATES, worded
from datong.surfaces.rendering import go


async def _operator(request: AnyRequest) -> Actor:
    async with db_of(request).read() as tx:
        return await asker(request, tx, is_fresh=True)


@get("/console", include_in_schema=False)
async def console(request: AnyRequest) -> Template:
    """Health, shops that wait, dead letters, the rulebook's last decisions."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx)
        actor = seen.actor
        if not actor.operator_rights:
            raise NotAllowed("operator:health:read")
        queue = await merchant.list_applications(tx, actor, 50) if actor.may("operator:shop:read") else []
        shops = await merchant.get_shops(tx, [each.shop_id for each in queue])
        letters: list[DeadLetter] = []
        if actor.may("operator:fact:read"):
            letters = (await list_dead_letters(tx, "", 20)).items
        behind: Backlog | None = await backlog(tx) if actor.may("operator:health:read") else None
        decisions = (await rulebook.list_history(tx, "", "", 10)).items if actor.may("operator:rulebook:edit") else []
    return console_page(
        seen, "console", queue=queue, shops=shops, letters=letters, behind=behind,
        decisions=decisions, shop_states=worded(SHOP_STATES, seen.language),
    )  # fmt: skip


@post("/console/shops/{shop_id:str}/{deed:str}", include_in_schema=False)
async def decide(request: AnyRequest, shop_id: str, deed: str) -> Redirect:
    """Approve, reject, or book the dues of a shop."""
    form = await read_form(request)
    actor, shop = await _operator(request), read_id(shop_id, "shop")
    async with db_of(request).begin(bucket_of(shop)) as tx:
        if deed == "dues":
            deposit, fee = read_number(form, "deposit", 0), read_number(form, "fee", 0)
            await payment.receive_dues(tx, actor, shop, deposit, fee, form.get("request_key", ""))
        else:
            await merchant.decide_application(
                tx, actor, shop, is_approved=deed == "approve", reason=form.get("reason", "")
            )
    return go("/console")


@post("/console/dead-letters/{fact_id:str}", include_in_schema=False)
async def resend(request: AnyRequest, fact_id: str) -> Redirect:
    """Send a dead letter again."""
    actor = await _operator(request)
    actor.must("operator:fact:resend")
    await send_again(db_of(request), read_id(fact_id, "dead_letter"))
    return go("/console")


HANDLERS = [console, decide, resend]
