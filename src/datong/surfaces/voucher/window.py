"""The window of the room `voucher`."""

from pathlib import Path

from datong.surfaces.voucher import api, labels, pages
from datong.surfaces.window import Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="voucher",
    shoppers=(*pages.HANDLERS,),
    api=(*api.HANDLERS,),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
