"""The window of the room `aftersale`."""

from pathlib import Path

from datong.surfaces.aftersale import api, console, labels, pages, tiles, workbench
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="aftersale",
    shoppers=(*pages.HANDLERS,),
    workbench=(*workbench.HANDLERS,),
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(
        Menu("workbench", "trade", "refunds", "Refunds", "/refunds", icon="receipt", right="refund:read", order=20),
        Menu(
            "console", "platform", "disputes", "Disputes", "/disputes", icon="scale", right="dispute:decide", order=20
        ),
    ),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    templates=HERE / "templates",
    tiles=tiles.TILES,
    locale=HERE / "locale",
)
