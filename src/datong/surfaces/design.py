"""One page that shows every component in every state, in each theme; served in a demo or in development only."""

import re
from datetime import timedelta
from pathlib import Path

from litestar import get
from litestar.response import Template

from datong.commerce import catalog
from datong.commerce.storefront import get_storefronts
from datong.commerce.voucher import Terms, Tier
from datong.kernel.refusal import Invalid
from datong.surfaces.page_rendering import load_page_context, page
from datong.surfaces.request_context import AnyRequest, db_of
from datong.surfaces.window import DESKS, Windows

HERE = Path(__file__).parent
THEMES = ("all", "deals", "wholesale", "fresh", "work")
TOKENS = ("accent", "accent-soft", "accent-text", "ground", "card", "ink", "quiet", "line", "good", "bad", "warn")


QUOTED_ICON = re.compile(r"""\bicon\(["']([a-z0-9-]+)["']\)""")


def _icons_in_use(windows: Windows) -> set[str]:
    """The names of the icons that templates and menus say."""
    folders = [HERE / "templates", *(each.templates for each in windows.all if each.templates)]
    texts = [path.read_text() for folder in folders for path in folder.rglob("*.html")]
    named = {found for text in texts for found in QUOTED_ICON.findall(text)}
    return named | {each.icon for desk in DESKS for each in windows.menu(desk)} | windows.icons.keys()


@get("/design", include_in_schema=False)
async def design(request: AnyRequest, theme: str = "all") -> Template:
    """The design system."""
    async with db_of(request).read() as tx:
        codes = [each.code for each in (await get_storefronts(tx)).shown]
        if theme not in {*THEMES, *codes}:
            raise Invalid("theme", ", ".join([*THEMES, *codes]))
        seen = await load_page_context(request, tx, theme if theme in codes else "")
        now = tx.now
    titles = {"en": "A desk lamp with a warm light, dimmable", "zh": "暖光台灯，可调光"}
    brands = [each.storefront_id for each in seen.brands]
    cards = [
        catalog.Card(1, 1, brands[0] if brands else 0, titles, "/media/town/home-0-0", 12_900, 19_900, 1_234),
        catalog.Card(2, 1, brands[-1] if brands else 0, titles, "", 9_900, 9_900, 0),
    ]
    terms = Terms("voucher", [Tier("minus", 2_000, 19_900)])
    answer = page(
        seen, "design.html", is_desk=True, themes=[*THEMES, *codes], shown=theme, tokens=TOKENS,
        icons=sorted(_icons_in_use(seen.windows)), cards=cards, now=now,
        soon=now + timedelta(hours=23, minutes=59), titles=titles, terms=terms,
    )  # fmt: skip
    if theme not in codes:
        answer.context["theme"] = theme
    return answer


HANDLERS = [design]
