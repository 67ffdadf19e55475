"""Checks of identity and account on the pages of the workbench and the console, and in the API."""

import msgspec

from datong.commerce import merchant, payment
from datong.commerce.merchant.identity_check import VERIFY_IDENTITY
from datong.commerce.payment.account_check import VERIFY_ACCOUNT, start_account_checks
from datong.commerce.verification import run_due_checks
from tests.commerce.test_verification import applied, need
from tests.surfaces.conftest import Site
from tests.surfaces.test_pages import Browser, operator_of


async def test_an_applicant_has_its_identity_checked_and_staff_see_it(site: Site) -> None:
    town = site.town
    shop_id, owner = await applied(town)
    browser, desk = Browser(site), Browser(site)
    await browser.log_in(owner.id)
    await desk.log_in(await operator_of(town))
    base = f"/workbench/{shop_id}"
    assert "not kept" not in await browser.get(f"{base}/entry"), "it is asked for where it is needed"
    await need(town, VERIFY_IDENTITY.name)
    assert "It is sent to the provider and not kept." in await browser.get(f"{base}/entry")
    assert "Not checked yet" in await desk.get(f"/console/shops/{shop_id}")
    refused = await desk.post(f"/console/shops/{shop_id}/approve", status=409)
    assert "has to be verified first" in refused.text
    await browser.post(f"{base}/identity", {"identity": "another"}, status=422)
    await browser.post(f"{base}/identity", {"identity": "91310000X"})
    page = await browser.get(f"{base}/entry")
    assert "Being checked" in page
    assert "not kept" not in page
    town.move_clock(minutes=2)
    await run_due_checks(town.db, town.adapters.verifiers)
    assert "已核验" in await browser.get(f"{base}/entry", language="zh")
    assert "Verified" in await desk.get(f"/console/shops/{shop_id}")
    await desk.post(f"/console/shops/{shop_id}/approve")
    stranger = Browser(site)
    await stranger.log_in((await town.shopper()).actor.id)
    await stranger.post(f"{base}/identity", {"identity": "91310000X"}, status=403)


async def test_the_api_checks_an_identity_and_says_where_it_stands(site: Site) -> None:
    town = site.town
    token = await site.join("founder@example.org")
    application = merchant.ShopApplication(
        "market", "enterprise", {"en": "Tin"}, "tin", "Tin Ltd", "closed-1", "31", town.category_id
    )
    shop = (await site.call("POST", "/shops", token, msgspec.to_builtins(application), status=201)).json()["id"]
    path = f"/shops/{shop}/identity-check"
    assert (await site.call("GET", path, token, status=200)).json() == {"is_needed": False, "state": "", "reason": ""}
    await site.call("POST", path, token, {"identity": "closed-1"}, status=202)
    town.move_clock(minutes=2)
    await run_due_checks(town.db, town.adapters.verifiers)
    found = (await site.call("GET", path, token, status=200)).json()
    assert (found["state"], found["reason"]) == ("REFUSED", "no longer active")
    await site.call("GET", path, await site.join("stranger@example.org"), status=403)


async def test_a_shop_sees_where_the_check_of_its_account_stands(site: Site) -> None:
    town = site.town
    await need(town, VERIFY_ACCOUNT.name)
    shop = await town.shop()
    browser = Browser(site)
    await browser.log_in(shop.owner.id)
    path = f"/workbench/{shop.id}"
    form = {"gateway": "sandbox", "destination": "acct_closed"}
    await browser.post(f"{path}/payout-account", form)
    assert "has to be verified before money is paid out" in await browser.get(f"{path}/funds")
    await start_account_checks(town.db, town.adapters.verifiers)
    town.move_clock(minutes=2)
    await run_due_checks(town.db, town.adapters.verifiers)
    page = await browser.get(f"{path}/funds")
    assert "Not verified" in page
    assert "no longer active" in page
    async with town.db.read() as tx:
        assert await payment.find_payout_account(tx, shop.owner, shop.id) is not None
