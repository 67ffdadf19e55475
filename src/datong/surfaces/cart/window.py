"""The window of the room `cart`."""

from pathlib import Path

from datong.surfaces.cart import api, labels, pages
from datong.surfaces.window import Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="cart",
    shoppers=(*pages.HANDLERS,),
    api=(*api.HANDLERS,),
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
