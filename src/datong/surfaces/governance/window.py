"""The window of the room `governance`."""

from pathlib import Path

from datong.surfaces.governance import api, console
from datong.surfaces.window import Menu, Tiles, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="governance",
    console=(*console.HANDLERS,),
    api=(*api.HANDLERS,),
    menu=(
        Menu("console", "", "console", "Overview", "", icon="activity", right="health:read", order=10),
        Menu("console", "platform", "timers", "Timers", "/timers", icon="timer", right="timer:read", order=60),
        Menu(
            "console",
            "platform",
            "jobs",
            "Jobs and failed events",
            "/jobs",
            icon="wrench",
            right="health:read",
            order=70,
        ),
        Menu("console", "platform", "audit-log", "Audit log", "/audit-log", icon="eye", right="act:read", order=80),
    ),
    templates=HERE / "templates",
    tiles=(
        Tiles(
            desk="console",
            entries=(("Events waiting", "/jobs"), ("Failed events", "/jobs")),
            right="health:read",
            count=console.count_undelivered,
            order=40,
            up_to=1_000_000,
            alarms=frozenset({1}),
        ),
    ),
    locale=HERE / "locale",
)
