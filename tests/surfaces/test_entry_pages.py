"""What an applicant and an operator see of an application that the clock has ended."""

from datong.commerce.merchant.expiry import run_due_applications
from tests.commerce.test_applications import apply
from tests.surfaces.conftest import Site
from tests.surfaces.test_pages import Browser, operator_of


async def test_an_application_whose_dues_came_too_late_says_so_and_leads_to_the_next(site: Site) -> None:
    town = site.town
    founder, shop_id = await apply(town, is_approved=True)
    applicant, staff = Browser(site), Browser(site)
    await applicant.log_in(founder.id)
    await staff.log_in(await operator_of(town))
    town.move_clock(days=15, minutes=1)
    await run_due_applications(town.db)
    await town.deliver()
    page = await applicant.get(f"/workbench/{shop_id}/entry")
    assert "were not paid in time" in page
    assert 'href="/sell"' in page
    assert "已缴部分已退入店铺余额" in await applicant.get(f"/workbench/{shop_id}/entry", language="zh")
    assert "were not paid in time" in await staff.get(f"/console/shops/{shop_id}")
    assert "Deposit and fee returned" in await applicant.get(f"/workbench/{shop_id}/funds")
