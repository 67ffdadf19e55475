"""The window of the room `favourite`."""

from pathlib import Path

from datong.surfaces.favourite import labels, pages
from datong.surfaces.window import Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="favourite",
    shoppers=(*pages.HANDLERS,),
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
