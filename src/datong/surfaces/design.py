"""One page that shows every component in every state, in each theme; served in a demo or in development only."""

from datetime import timedelta

from litestar import get
from litestar.response import Template

from datong.commerce import catalog
from datong.commerce.voucher import Terms, Tier
from datong.kernel.refusal import Invalid
from datong.surfaces.page_rendering import WANTED_ICONS, load_page_context, page
from datong.surfaces.request_context import AnyRequest, db_of

THEMES = ("all", "market", "mall", "deals", "wholesale", "fresh", "work")
TOKENS = ("accent", "accent-soft", "accent-text", "ground", "card", "ink", "quiet", "line", "good", "bad", "warn")


@get("/design", include_in_schema=False)
async def design(request: AnyRequest, theme: str = "all") -> Template:
    """The design system."""
    if theme not in THEMES:
        raise Invalid("theme", ", ".join(THEMES))
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        now = tx.now
    titles = {"en": "A desk lamp with a warm light, dimmable", "zh": "暖光台灯，可调光"}
    brands = [each.storefront_id for each in seen.brands]
    cards = [
        catalog.Card(1, 1, brands[0] if brands else 0, titles, "/media/town/home-0-0", 12_900, 19_900, 1_234),
        catalog.Card(2, 1, brands[-1] if brands else 0, titles, "", 9_900, 9_900, 0),
    ]
    terms = Terms("voucher", [Tier("minus", 2_000, 19_900)])
    answer = page(
        seen, "design.html", is_desk=True, themes=THEMES, tokens=TOKENS, icons=sorted(WANTED_ICONS), cards=cards,
        now=now, soon=now + timedelta(hours=23, minutes=59), titles=titles, terms=terms,
    )  # fmt: skip
    answer.context["theme"] = theme
    return answer


HANDLERS = [design]
