"""The window of the room `fulfilment`."""

from pathlib import Path

from datong.surfaces.fulfilment import labels
from datong.surfaces.window import Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="fulfilment",
    timers=labels.TIMERS,
    locale=HERE / "locale",
)
