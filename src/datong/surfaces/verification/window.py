"""The window of the room `verification`."""

from pathlib import Path

from datong.surfaces.verification import labels
from datong.surfaces.window import Window

WINDOW = Window(
    room="verification",
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    locale=Path(__file__).parent / "locale",
)
