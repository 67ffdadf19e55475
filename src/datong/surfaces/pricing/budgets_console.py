"""What campaigns may cost and have cost."""

from litestar import get
from litestar.response import Template

from datong.commerce import pricing, voucher
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.request_context import AnyRequest, db_of

PLATFORM = 0


@get("/console/budgets", include_in_schema=False)
async def budgets(request: AnyRequest) -> Template:
    """What campaigns may cost and have cost, and how many vouchers of each kind are claimed."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "promotion:read")
        promotions = await pricing.list_promotions(tx, seen.actor, PLATFORM)
        templates = await voucher.list_templates(tx, seen.actor, PLATFORM)
        now = tx.now
    return console_page(seen, "pricing/budgets", promotions=promotions, templates=templates, now=now)


HANDLERS = [budgets]
