"""The window of the room `merchant`."""

from pathlib import Path

from datong.surfaces.merchant import api, console, labels, operator_api, pages, tiles, workbench, workbench_home
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="merchant",
    shoppers=(*pages.HANDLERS,),
    workbench=(
        *workbench.HANDLERS,
        *workbench_home.HANDLERS,
    ),
    console=(*console.HANDLERS,),
    api=(
        *api.HANDLERS,
        *operator_api.HANDLERS,
    ),
    menu=(
        Menu("workbench", "day", "home", "Today", "", icon="house", right="shop:read", order=10),
        Menu("workbench", "shop", "entry", "Onboarding & fees", "/entry", icon="landmark", right="shop:read", order=20),
        Menu("workbench", "shop", "page", "Shop page", "/page", icon="image", right="shop:edit", order=30),
        Menu("workbench", "shop", "staff", "Staff & permissions", "/staff", icon="users", right="shop:read", order=40),
        Menu("console", "industry", "shops", "Shop onboarding", "/shops", icon="store", right="shop:read", order=10),
    ),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    templates=HERE / "templates",
    tiles=tiles.TILES,
    locale=HERE / "locale",
)
