"""The window of the room `payment`."""

from pathlib import Path

from datong.surfaces.payment import api, console, labels, pages, workbench
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="payment",
    shoppers=(*pages.HANDLERS,),
    workbench=(*workbench.HANDLERS,),
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(
        Menu("workbench", "shop", "funds", "Funds", "/funds", icon="wallet", right="balance:read", order=10),
        Menu("console", "platform", "ledger", "Ledger", "/ledger", icon="landmark", right="ledger:read", order=50),
    ),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    accounts=labels.ACCOUNTS,
    movements=labels.MOVEMENTS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
