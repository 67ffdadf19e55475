"""The window of the room `order`."""

from pathlib import Path

from datong.surfaces.order import (
    api,
    checkout_pages,
    deposit_pages,
    handover_pages,
    labels,
    pages,
    presale_api,
    selling_api,
    tiles,
    workbench,
)
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="order",
    shoppers=(
        *pages.HANDLERS,
        *checkout_pages.HANDLERS,
        *deposit_pages.HANDLERS,
    ),
    workbench=(*workbench.HANDLERS, *handover_pages.HANDLERS),
    api=(
        *api.HANDLERS,
        *presale_api.HANDLERS,
        *selling_api.HANDLERS,
    ),
    menu=(Menu("workbench", "trade", "orders", "Orders", "/orders", icon="package", right="order:read", order=10),),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    templates=HERE / "templates",
    tiles=(tiles.TILES,),
    locale=HERE / "locale",
)
