"""The window of the room `review`."""

from pathlib import Path

from datong.surfaces.review import api, console, labels, pages, tiles, workbench
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="review",
    shoppers=(*pages.HANDLERS,),
    workbench=(*workbench.HANDLERS,),
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(
        Menu("workbench", "trade", "reviews", "Reviews", "/reviews", icon="star", right="review:reply", order=30),
        Menu("console", "platform", "reviews", "Reviews", "/reviews", icon="star", right="review:moderate", order=30),
    ),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    templates=HERE / "templates",
    tiles=tiles.TILES,
    locale=HERE / "locale",
)
