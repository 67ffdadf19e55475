"""The window of the room `fulfilment`."""

from pathlib import Path

from datong.surfaces.fulfilment import api, labels, workbench
from datong.surfaces.window import Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="fulfilment",
    workbench=(*workbench.HANDLERS,),
    api=(*api.HANDLERS,),
    timers=labels.TIMERS,
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
