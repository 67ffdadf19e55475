"""The workbench of a shop. Every page asks for the right it shows the fruits of."""

from litestar import get
from litestar.response import Redirect, Template

from datong.commerce import merchant
from datong.kernel.refusal import NotAllowed
from datong.surfaces.labels import worded
from datong.surfaces.menus import load_tiles
from datong.surfaces.merchant.labels import SHOP_STATES
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.request_context import AnyRequest, db_of
from datong.surfaces.workbench_frame import enter, work_page


@get("/workbench", include_in_schema=False)
async def start(request: AnyRequest) -> Redirect:
    """To the first shop the visitor works in."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
        seen.must_be_member()
    if not seen.actor.shop_rights:
        raise NotAllowed("shop:shop:read")
    return redirect_to(f"/workbench/{min(seen.actor.shop_rights)}")


@get("/workbench/{shop_id:str}", include_in_schema=False)
async def home(request: AnyRequest, shop_id: str) -> Template:
    """What waits, and the shop's entry."""
    async with db_of(request).read() as tx:
        entered = await enter(request, tx, shop_id)
        seen, shop = entered
        base = f"/workbench/{shop.shop_id}"
        tiles = await load_tiles(tx, seen.windows, "workbench", base, seen.actor, seen.say, shop.shop_id)
        entry = await merchant.get_shop_view(tx, seen.actor, shop.shop_id)
        return await work_page(
            tx, entered, "merchant/home", tiles=tiles, entry=entry, shop_states=worded(SHOP_STATES, seen.language)
        )


HANDLERS = [start, home]
