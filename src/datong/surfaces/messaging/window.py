"""The window of the room `messaging`."""

from pathlib import Path

from datong.surfaces.messaging import chat, labels, pages, tiles, workbench
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="messaging",
    shoppers=(*pages.HANDLERS,),
    workbench=(*workbench.HANDLERS,),
    other=(*chat.HANDLERS,),
    menu=(
        Menu(
            "workbench",
            "day",
            "messages",
            "Messages",
            "/messages",
            icon="message-circle",
            right="message:answer",
            order=20,
        ),
        Menu("workbench", "day", "notices", "Notifications", "/notices", icon="bell", right="shop:read", order=30),
    ),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    templates=HERE / "templates",
    tiles=tiles.TILES,
    locale=HERE / "locale",
)
