"""The window of the room `rulebook`."""

from pathlib import Path

from datong.surfaces.rulebook import api, console, labels
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="rulebook",
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(
        Menu(
            "console",
            "platform",
            "rulebook",
            "Rulebook",
            "/rulebook",
            icon="book-open",
            right="rulebook:edit",
            order=10,
        ),
    ),
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
