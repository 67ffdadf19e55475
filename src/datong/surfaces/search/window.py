"""The window of the room `search`."""

from pathlib import Path

from datong.surfaces.search import api, console, labels, pages
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="search",
    shoppers=(*pages.HANDLERS,),
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(Menu("console", "platform", "search", "Search", "/search", icon="search", right="search:edit", order=40),),
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
