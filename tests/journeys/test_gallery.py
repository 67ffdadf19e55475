"""Every page in a real browser.

Nothing serious for axe, nothing wider than the screen, no complaint, and a picture of each.

Shoppers' pages are looked at on a phone, in Chinese, in the dark; the desks' pages at a desk, in English, in the light;
and the width of each on the other screen too.
"""

import re

import pytest

from tests.journeys.browser import DESK, PHONE, Live, Person
from tests.stage import Stage, set_the_stage
from tests.surfaces.test_html import pages

pytestmark = pytest.mark.asyncio(loop_scope="session")
PARTS = 4
KINDS = (
    "/", "/search", "/p/{product_id}", "/checkout", "/orders/{order_id}", "/refunds/{case_id}",
    "/workbench/{shop_id}", "/workbench/{shop_id}/orders", "/workbench/{shop_id}/publish",
    "/console/disputes/{case_id}", "/console/rulebook",
)  # fmt: skip
"""A page for each way of building one: lists, a product, forms, a case with its files, tables of the desks."""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def name_of(route: str) -> str:
    """A page's name among the pictures."""
    return re.sub(r"\W+", "-", route).strip("-") or "home"


async def look(someone: Person, stage: Stage, route: str, path: str, other: dict[str, int]) -> list[str]:
    """Go there, keep a picture, and answer what is wrong, also at the other width."""
    await someone.go(path.format(**stage.things))
    wrong = await someone.check()
    someone.complaints.clear()
    await someone.keep(name_of(route), is_full=False)
    size = someone.page.viewport_size
    for width in (None, other):
        if width:
            await someone.page.set_viewport_size(width)  # type: ignore[arg-type]  # Playwright's own kind of dict
        wider = await someone.page.evaluate(WIDER)
        if wider > 0:
            wrong.append(f"{wider} px wider than the screen of {(width or size or {}).get('width')}")
    await someone.page.set_viewport_size(size) if size else None
    return [f"{route}: {each}" for each in wrong]


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
async def test_every_page_is_a_pleasure_to_look_at(live: Live, part: int) -> None:
    mine = [each for number, each in enumerate(sorted(pages().items())) if number % PARTS == part]
    await look_at_all(live, mine)


async def test_a_page_of_each_kind_is_a_pleasure_to_look_at(live: Live) -> None:
    known = pages()
    await look_at_all(live, [(route, known[route]) for route in KINDS])


async def look_at_all(live: Live, mine: list[tuple[str, tuple[str, str]]]) -> None:
    """Look at each page with its own eyes; what is wrong with any fails the test."""
    stage = await set_the_stage(live.town)
    wrong: list[str] = []
    async with live.person(PHONE, "zh", is_dark=True) as walker, live.person(DESK) as worker:
        for route, (path, role) in mine:
            is_desk = route.startswith(("/workbench", "/console"))
            someone = worker if is_desk else walker
            await someone.context.clear_cookies()
            await someone.be(stage.tokens[role]) if stage.tokens[role] else None
            wrong += await look(someone, stage, route, path, PHONE if is_desk else DESK)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("is_dark", [False, pytest.param(True, marks=pytest.mark.long)])
async def test_every_theme_has_contrast_enough(live: Live, *, is_dark: bool) -> None:
    wrong: list[str] = []
    async with live.person(DESK, is_dark=is_dark) as someone:
        for theme in ("all", "mall", "deals", "wholesale", "fresh", "work"):
            await someone.go(f"/design?theme={theme}")
            wrong += [f"{theme}: {each}" for each in await someone.check()]
        await someone.keep(f"design-{'dark' if is_dark else 'light'}")
    assert wrong == [], "\n".join(wrong)
