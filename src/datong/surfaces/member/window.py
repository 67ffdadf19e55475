"""The window of the room `member`."""

from pathlib import Path

from datong.surfaces.member import api, console, labels, pages, security_pages
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="member",
    shoppers=(
        *pages.HANDLERS,
        *security_pages.HANDLERS,
    ),
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(Menu("console", "consumer", "members", "Members", "/members", icon="users", right="member:read", order=10),),
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
