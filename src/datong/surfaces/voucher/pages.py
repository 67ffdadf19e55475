"""The wallet and the claiming of vouchers."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import merchant, voucher
from datong.kernel.refusal import Conflict
from datong.kernel.tx import Tx
from datong.surfaces.forms import read_form, safe_next
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.voucher.labels import VOUCHER_STATES

TABS = ("CLAIMED", "LOCKED", "USED", "EXPIRED")


async def _wallet(tx: Tx, seen: PageContext, state: str, problem: str = "", status: int = 200) -> Template:
    seen.must_be_member()
    held = await voucher.list_wallet(tx, seen.actor, state)
    offered = await voucher.list_claimable(tx, [0])
    shops = await merchant.get_recent_shops(tx, [each.owner_id for each in held if each.owner_id])
    coins = (await voucher.get_coins(tx, [seen.actor.id])).get(seen.actor.id, 0)
    return page(
        seen, "voucher/wallet.html", status_code=status, held=held, offered=offered, shops=shops, coins=coins,
        state=state, states=worded(VOUCHER_STATES, seen.language), problem=problem,
    )  # fmt: skip


@get("/wallet", include_in_schema=False)
async def wallet(request: AnyRequest, tab: str = "CLAIMED") -> Template:
    """What I hold, and what the platform gives away."""
    async with db_of(request).read() as tx:
        return await _wallet(tx, await load_page_context(request, tx), tab if tab in TABS else "CLAIMED")


@post("/vouchers/{template_id:str}/claim", include_in_schema=False)
async def claim(request: AnyRequest, template_id: str) -> Redirect | Template:
    """Claim one, and back to where the visitor was."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    try:
        await voucher.claim_voucher(db, actor, read_id(template_id, "voucher_template"))
    except Conflict as refusal:
        async with db.read() as tx:
            seen = await load_page_context(request, tx)
            return await _wallet(tx, seen, "CLAIMED", refusal_text(refusal, seen.language), 409)
    return redirect_to(safe_next(form.get("next", "/wallet")))


HANDLERS = [wallet, claim]
