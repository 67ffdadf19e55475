"""How every page of a workbench is entered: by someone who works in the shop, and by nobody else."""

from litestar.response import Template

from datong.commerce import merchant
from datong.kernel.refusal import NotAllowed
from datong.kernel.tx import Tx
from datong.surfaces.menus import make_menu
from datong.surfaces.page_rendering import PageContext, about_storefront, load_page_context, page
from datong.surfaces.request_context import AnyRequest, pick, read_id

Entered = tuple[PageContext, merchant.Shop]


async def enter(request: AnyRequest, tx: Tx, shop_id: str) -> Entered:
    """The visitor and the shop, if the visitor works there."""
    seen = await load_page_context(request, tx, is_fresh=True)
    seen.must_be_member()
    shop = await merchant.get_shop(tx, read_id(shop_id, "shop"))
    if shop.shop_id not in seen.actor.shop_rights:
        raise NotAllowed("shop:shop:read")
    return await about_storefront(tx, seen, shop.storefront_id), shop


async def work_page(tx: Tx, entered: Entered, name: str, status: int = 200, **context: object) -> Template:
    """A page of the workbench (`room/name`), with the menu of what this member of the staff may see."""
    seen, shop = entered
    shops = await merchant.get_recent_shops(tx, seen.actor.shop_rights)
    rights = seen.actor.shop_rights[shop.shop_id]
    menu = make_menu(seen.windows, "workbench", f"/workbench/{shop.shop_id}", rights.__contains__, seen.say)
    room, _, own = name.partition("/")
    return page(
        seen, f"{room}/workbench/{own}.html", status_code=status, shop=shop, shops=list(shops.values()), rights=rights,
        menu=menu, desk_name=pick(shop.names, seen.language), is_desk=True, **context,
    )  # fmt: skip
