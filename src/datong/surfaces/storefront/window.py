"""The window of the room `storefront`."""

from pathlib import Path

from datong.surfaces.storefront import api, console, labels, stylesheet
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="storefront",
    shoppers=(*stylesheet.SHOPPER_HANDLERS,),
    console=(*console.HANDLERS, *stylesheet.CONSOLE_HANDLERS),
    api=(*api.HANDLERS,),
    menu=(
        Menu(
            "console", "platform", "storefronts", "Storefronts", "/storefronts", icon="layout-grid",
            right="storefront:edit", order=5,
        ),
    ),
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)  # fmt: skip
