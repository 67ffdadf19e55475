"""The window of the room `pricing`."""

from pathlib import Path

from datong.surfaces.pricing import api, budgets_console, calendar_console, console, freight_api, labels, workbench
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="pricing",
    workbench=(*workbench.HANDLERS,),
    console=(
        *budgets_console.HANDLERS,
        *calendar_console.HANDLERS,
        *console.HANDLERS,
    ),
    api=(
        *api.HANDLERS,
        *freight_api.HANDLERS,
    ),
    menu=(
        Menu(
            "workbench",
            "goods",
            "promotions",
            "Promotions",
            "/promotions",
            icon="tag",
            right="promotion:read",
            order=40,
        ),
        Menu(
            "console",
            "consumer",
            "promotions",
            "Campaigns",
            "/promotions",
            icon="tag",
            right="promotion:read",
            order=20,
        ),
        Menu(
            "console",
            "consumer",
            "budgets",
            "Coupons & budgets",
            "/budgets",
            icon="percent",
            right="promotion:read",
            order=30,
        ),
        Menu(
            "console",
            "industry",
            "calendar",
            "Campaign calendar",
            "/calendar",
            icon="calendar",
            right="promotion:read",
            order=40,
        ),
    ),
    refusals=labels.REFUSALS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
