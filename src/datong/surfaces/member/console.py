"""Members in the console."""

from litestar import get
from litestar.response import Template

from datong.commerce import member, voucher
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.request_context import AnyRequest, db_of


@get("/console/members", include_in_schema=False)
async def members(request: AnyRequest, login: str = "") -> Template:
    """One member, found by its log-in name alone: what the consumer centre needs to help, and no more."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "member:read")
        member_id = await member.find_member_by_login(tx, login.strip().lower()) if login.strip() else None
        found = await member.find_member(tx, seen.actor, member_id) if member_id else None
        coins = (await voucher.get_coins(tx, [member_id])).get(member_id, 0) if member_id else 0
    return console_page(seen, "member/members", login=login, found=found, coins=coins)


HANDLERS = [members]
