"""The window of the room `qualification`."""

from pathlib import Path

from datong.surfaces.qualification import api, console, labels, tiles, workbench
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="qualification",
    workbench=(*workbench.HANDLERS,),
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(
        Menu(
            "workbench", "shop", "qualifications", "Brands & permits", "/qualifications", icon="badge-check",
            right="qualification:read", order=25,
        ),
        Menu(
            "console", "industry", "qualifications", "Brands & permits", "/qualifications", icon="badge-check",
            right="qualification:read", order=15,
        ),
    ),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    tiles=tiles.TILES,
    templates=HERE / "templates",
    locale=HERE / "locale",
)  # fmt: skip
