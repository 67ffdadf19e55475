"""The window of the newsletter."""

from pathlib import Path

from datong.surfaces.window import Menu, Slot, Tiles, Window
from datong_newsletter import labels, pages

HERE = Path(__file__).parent
WINDOW = Window(
    room="newsletter",
    shoppers=pages.SHOPPERS,
    console=pages.CONSOLE,
    api=pages.API,
    menu=(
        Menu(
            "console", "consumer", "newsletter", "Newsletter", "/newsletter", icon="mail", right="newsletter:read",
            order=90,
        ),
    ),
    tiles=(
        Tiles(
            desk="console", entries=(("Newsletter readers", "/newsletter"),), right="newsletter:read",
            count=pages.count_running, order=90,
        ),
    ),
    slots=(Slot("account.entries", pages.load_slot, "newsletter/slot.html", order=90),),
    refusals=labels.REFUSALS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    timers=labels.TIMERS,
    accounts=labels.ACCOUNTS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)  # fmt: skip
