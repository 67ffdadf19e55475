"""The calendar of campaigns in the console."""

import calendar as months
from datetime import date, timedelta

from litestar import get
from litestar.response import Template

from datong.commerce import pricing
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.request_context import AnyRequest, db_of

PLATFORM = 0


MAX_YEAR = 2100


MIN_YEAR = 2000


@get("/console/calendar", include_in_schema=False)
async def calendar(request: AnyRequest, month: str = "") -> Template:
    """The platform's campaigns, day by day of a month."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "promotion:read")
        zone = (await get_storefronts(tx)).home.zone
        today = tx.now.astimezone(zone).date()
        first = _month_of(month, today)
        found = await pricing.list_promotions(tx, seen.actor, PLATFORM)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    events = {
        day: [
            each
            for each in found
            if each.starts_at.astimezone(zone).date() <= day <= each.ends_at.astimezone(zone).date()
        ]
        for week in weeks
        for day in week
    }
    before, after = first - timedelta(days=1), first + timedelta(days=32)
    return console_page(
        seen,
        "pricing/calendar",
        weeks=weeks,
        events=events,
        first=first,
        today=today,
        before=f"{before:%Y-%m}",
        after=f"{after:%Y-%m}",
    )


def _month_of(text: str, today: date) -> date:
    if not text:
        return today.replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Invalid("month", "like 2026-11") from None
    if not MIN_YEAR <= found.year <= MAX_YEAR:
        raise Invalid("month", "like 2026-11")
    return found


HANDLERS = [calendar]
