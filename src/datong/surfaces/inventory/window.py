"""The window of the room `inventory`."""

from pathlib import Path

from datong.surfaces.inventory import labels
from datong.surfaces.window import Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="inventory",
    refusals=labels.REFUSALS,
    timers=labels.TIMERS,
    locale=HERE / "locale",
)
