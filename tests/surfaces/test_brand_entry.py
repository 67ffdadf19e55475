"""A brand's way in, over HTTP alone and without the demo.

From an application for a mall shop to a guest who sees its goods, and who is turned away at each door.
"""

from typing import Any

import httpx
import pytest

from datong.commerce import member
from datong.commerce.catalog.takedowns import run_takedowns
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from tests.brands import ask_brand, ask_permit
from tests.commerce.test_workbench import picture
from tests.make import MALL, Town
from tests.surfaces.conftest import Site
from tests.surfaces.test_pages import Browser, operator_of

BRAND: dict[str, Any] = {
    "kind": "brand", "brand": "Northwind", "number": "TM 4711", "mark": "TM", "level": "own",
    "valid_from": "2020-01-01", "valid_until": "2090-12-31",
}  # fmt: skip


async def operator(site: Site, name: str, *centres: str) -> str:
    """A session of an operator, appointed as the command line does."""
    member_id = await member.register(site.town.db, f"{name}@example.org", "correct horse")
    async with site.town.db.begin(bucket_of(member_id)) as tx:
        await member.appoint_operator(tx, SYSTEM, member_id, list(centres))
    return await member.open_session(site.town.db, member_id)


async def send(site: Site, path: str, token: str, body: bytes) -> httpx.Response:
    """A file as the body of a call."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/octet-stream"}
    return await site.client.post(f"/api/v1{path}", content=body, headers=headers)


async def open_mall_shop(site: Site, owner: str, industry: str, platform: str) -> str:
    """Apply, be approved, pay the dues; answers the shop's id."""
    application = {
        "storefront": MALL, "kind": "flagship", "names": {"en": "Northwind Flagship", "zh": "北风旗舰店"},
        "slug": "northwind", "legal_name": "Northwind Ltd", "identity": "91310000NW", "ships_from": "31",
        "category_id": site.town.category_id, "mark": "TM",
    }  # fmt: skip
    shop: str = (await site.call("POST", "/shops", owner, application, status=201)).json()["id"]
    await site.call("POST", f"/operator/shops/{shop}/decision", industry, {"is_approved": True}, status=204)
    due = (await site.call("GET", f"/shops/{shop}/entry", owner, status=200)).json()
    paid = {"deposit": due["deposit_due"], "fee": due["fee_due"]}
    await site.call("POST", f"/operator/shops/{shop}/dues", platform, paid, key="dues", status=204)
    assert (await site.call("GET", f"/shops/{shop}/entry", owner)).json()["state"] == "OPEN"
    return shop


async def test_a_brand_comes_in_from_nothing_to_a_guest_who_sees_its_goods(site: Site) -> None:
    industry, platform = await operator(site, "industry", "industry"), await operator(site, "platform", "platform")
    consumer = await operator(site, "consumer", "consumer")
    owner, stranger = await site.join("owner@example.org"), await site.join("stranger@example.org")
    shop = await open_mall_shop(site, owner, industry, platform)
    other = await site.town.shop(MALL, "flagship")
    rival = await member.open_session(site.town.db, other.owner.id)
    nobodies = {"stranger": stranger, "guest": "", "consumer": consumer, "rival": rival}

    product = {
        "outer_id": "N-1", "category_id": str(site.town.category_id), "titles": {"en": "A northern lamp"},
        "skus": [{"price": 9_900, "stock": 5}], "brand": "Northwind",
    }  # fmt: skip
    refused = await site.call("POST", f"/shops/{shop}/products", owner, product, status=403)
    assert refused.json()["code"] == "catalog.brand_not_authorised"

    for name, token in nobodies.items():
        answer = await send(site, f"/shops/{shop}/papers?kind=authorisation", token, picture())
        assert answer.status_code in {401, 403}, name
    paper = (await send(site, f"/shops/{shop}/papers?kind=authorisation", owner, picture())).json()["id"]
    asking = BRAND | {"paper_ids": [paper]}
    for token in nobodies.values():
        answer = await site.call("POST", f"/shops/{shop}/qualifications", token, asking, key="a")
        assert answer.status_code in {401, 403}
        assert (await site.call("GET", f"/shops/{shop}/papers/{paper}", token)).status_code in {401, 403}
        assert (await site.call("GET", f"/shops/{shop}/qualifications", token)).status_code in {401, 403}
    await site.call("POST", f"/shops/{shop}/qualifications", owner, asking, status=422)
    made = (await site.call("POST", f"/shops/{shop}/qualifications", owner, asking, key="a", status=201)).json()["id"]
    again = await site.call("POST", f"/shops/{shop}/qualifications", owner, asking, key="a", status=201)
    assert again.json()["id"] == made

    decision = f"/operator/qualifications/{made}/decision"
    for token in (*nobodies.values(), owner):
        assert (await site.call("POST", decision, token, {"is_approved": True})).status_code in {401, 403}
        for path in ("/operator/qualifications", f"/operator/qualifications/{made}"):
            assert (await site.call("GET", path, token)).status_code in {401, 403}
    (waiting,) = (await site.call("GET", "/operator/qualifications", industry, status=200)).json()["items"]
    assert (waiting["id"], waiting["number"], waiting["paper_ids"]) == (made, "TM 4711", [paper])
    assert (await site.call("GET", f"/shops/{shop}/papers/{paper}", industry, status=200)).content == picture()
    await site.call("POST", decision, industry, {"is_approved": True}, status=204)
    await site.call("POST", decision, industry, {"is_approved": True}, status=204)
    late = await site.call("POST", decision, platform, {"is_approved": False, "reason": "no"}, status=409)
    assert late.json()["code"] == "qualification.wrong_state"

    goods = (await site.call("POST", f"/shops/{shop}/products", owner, product, status=200)).json()["id"]
    await site.town.feed()
    assert await seen(site, goods) == (True, [goods])
    assert "A northern lamp" in (await site.client.get(f"/p/{goods}")).text

    revocation = f"/operator/qualifications/{made}/revocation"
    for token in (*nobodies.values(), owner):
        assert (await site.call("POST", revocation, token, {"reason": "no"})).status_code in {401, 403}
    await site.call("POST", revocation, platform, {"reason": "not the owner"}, status=204)
    await site.town.deliver()
    await run_takedowns(site.town.db)
    await site.town.feed()
    assert await seen(site, goods) == (False, [])
    await site.town.check_books()


async def seen(site: Site, product_id: str) -> tuple[bool, list[str]]:
    """Whether a guest may buy it, and what searching for it finds."""
    shown = (await site.call("GET", f"/products/{product_id}", status=200)).json()
    found = (await site.call("GET", "/search?q=northern", status=200)).json()
    return shown["is_on_sale"], [each["product"]["id"] for each in found["items"]]


async def test_a_shop_asks_renews_and_takes_back_on_its_page(site: Site) -> None:
    shop = await site.town.shop(MALL, "franchised")
    browser = Browser(site)
    await browser.log_in(shop.owner.id)
    base = f"/workbench/{shop.id}/qualifications"
    assert "No brand authorisations or permits yet." in await browser.get(base)
    form = BRAND | {"level": "first", "mark": "R", "request_key": "one"}
    assert (await browser.upload(base, form | {"valid_until": "soon"}, picture())).status_code == 422
    refused = await browser.upload(base, form | {"valid_until": "2019-01-01"}, picture())
    assert refused.status_code == 422
    assert 'value="Northwind"' in refused.text, "what was typed is still there"
    assert (await browser.upload(base, form, picture())).status_code == 303
    page = await browser.get(base)
    assert "Northwind" in page
    assert "December 31, 2090" in page
    number = page.partition("/qualifications/")[2].partition("/withdraw")[0]
    assert "提交许可证" in await browser.get(base, language="zh")
    await browser.post(f"{base}/{number}/withdraw")
    assert "Withdrawn" in await browser.get(base)
    permit = {"kind": "food", "number": "JY-1", "valid_from": "2020-01-01", "valid_until": "2090-01-01"}
    assert (await browser.upload(base, permit | {"request_key": "two"}, picture())).status_code == 303
    assert "Food business licence" in await browser.get(base)
    assert 'value="Northwind"' in await browser.get(f"{base}?renew={number}")
    stranger = Browser(site)
    await stranger.log_in((await site.town.shopper()).actor.id)
    await stranger.get(base, status=403)
    assert (await stranger.upload(base, form, picture())).status_code == 403
    await stranger.post(f"{base}/{number}/withdraw", status=403)


@pytest.mark.parametrize("kind", ["brand", "permit"])
async def test_the_desk_looks_at_papers_and_decides_with_reasons(site: Site, kind: str) -> None:
    shop = await site.town.shop(MALL, "flagship")
    asked = await (ask_brand(shop) if kind == "brand" else ask_permit(shop))
    browser = Browser(site)
    await browser.log_in(await operator_of(site.town))
    assert "Auric" in await browser.get("/console/qualifications") or kind == "permit"
    page = await browser.get(f"/console/qualifications/{asked}")
    paper = page.partition(f"/console/shops/{shop.id}/papers/")[2].partition('"')[0]
    assert (await browser.fetch(f"/console/shops/{shop.id}/papers/{paper}")).content == picture()
    base = f"/console/qualifications/{asked}"
    await browser.post(f"{base}/burn", status=404)
    await browser.post(f"{base}/reject", {"reason": " "}, status=422)
    await browser.post(f"{base}/approve")
    assert "Revoke" in await browser.get(base)
    refused = await browser.post(f"{base}/reject", {"reason": "no"}, status=409)
    assert "someone else was faster" in refused.text
    assert str(asked) in await browser.get("/console/qualifications?tab=APPROVED")
    await browser.post(f"{base}/revoke", {"reason": "counterfeits"})
    assert "counterfeits" in await browser.get(base)
    await browser.get("/console/qualifications/123", status=404)
    stranger = Browser(site)
    await stranger.log_in(shop.owner.id)
    for path in ("/console/qualifications", base):
        await stranger.get(path, status=403)
    await stranger.post(f"{base}/approve", status=403)


async def test_the_refusal_names_the_permit_in_the_readers_language(site: Site, town: Town) -> None:
    shop = await town.shop()
    root = await operator(site, "root", "platform")
    rule = {
        "value": ["food"], "scope_kind": "category", "scope_id": str(town.category_id), "reason": "law",
    }  # fmt: skip
    await site.call("PUT", "/operator/parameters/qualification.permits", root, rule, status=200)
    browser = Browser(site)
    await browser.log_in(shop.owner.id)
    form = {"category": str(town.category_id), "outer_id": "F-1", "title_en": "Tea", "price-0": "9.90", "stock-0": "1"}
    for language, name in (("en", "Food business licence"), ("zh", "食品经营许可证")):
        browser.cookies["datong_language"] = language
        answer = await browser.upload(f"/workbench/{shop.id}/publish", form, b"")
        assert answer.status_code == 403, answer.text
        assert name in answer.text
