"""Promotions and vouchers through pages and API: made, tried, claimed, used, explained, and nothing for strangers."""

from datetime import timedelta

import pytest

from datong.commerce import member, voucher
from datong.commerce.voucher import Tier
from datong.kernel.money import Money
from tests.surfaces.conftest import Site
from tests.surfaces.test_api import token_of
from tests.surfaces.test_pages import Browser, operator_of


async def test_a_merchant_promotes_and_a_shopper_saves_by_forms_alone(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(20_000)
    merchant, buyer = Browser(site), Browser(site)
    await merchant.log_in(shop.owner.id)
    await buyer.log_in(shopper.actor.id)
    path = f"/workbench/{shop.id}/promotions"
    form = {"title_en": "Twenty off", "title_zh": "立减二十", "days": "7", "per_buyer": "0", "total": "10"}
    await merchant.post(path, form | {"kind": "shop-minus", "value": "20", "amount": "199", "intent": "make"})
    await merchant.post(path, form | {"kind": "shop_voucher-minus", "value": "10", "amount": "150", "per_buyer": "1"})
    assert "Twenty off" in await merchant.get(path)
    assert "立减二十" in await merchant.get(path, language="zh")
    page = await buyer.get(f"/p/{goods.product_id}")
    assert "¥180.00" in page, "the final price says what one costs"
    template = page.partition("/vouchers/")[2].partition("/")[0]
    await buyer.post(f"/vouchers/{template}/claim", {"next": f"/p/{goods.product_id}"})
    assert "Twenty off" in await buyer.get("/wallet")
    await buyer.post("/cart/add", {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id)})
    assert "¥170.00" in await buyer.get("/checkout")
    without = await buyer.get("/checkout?vouchers=0")
    assert 'name="agreed" value="18000"' in without
    page = await buyer.get("/checkout")
    assert 'name="agreed" value="17000"' in page
    key = page.partition('name="request_key" value="')[2].partition('"')[0]
    placed = await buyer.post(
        "/checkout",
        {"address_id": str(shopper.address_id), "agreed": "17000", "currency": "CNY", "request_key": key},
    )
    purchase_id = int(placed.headers["location"].rpartition("/")[2])
    (made,) = await shopper.orders(purchase_id)
    assert made.payable == 17_000
    assert "Twenty off" in await buyer.get(f"/orders/{made.order_id}")
    await town.check_books()


async def test_a_promotion_is_tried_on_last_weeks_orders_before_it_starts(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(20_000, stock=50)
    for _ in range(3):
        await shopper.buy(goods)
    await town.deliver()
    town.move_clock(days=1)
    merchant = Browser(site)
    await merchant.log_in(shop.owner.id)
    form = {"kind": "shop-percent", "title_en": "Ten", "value": "10", "amount": "100", "days": "7", "intent": "try"}
    answer = await merchant.post(f"/workbench/{shop.id}/promotions", form, status=200)
    assert "¥60.00" in answer.text
    assert "3 of 3" in answer.text
    answer = await merchant.post(f"/workbench/{shop.id}/promotions", form | {"value": "x"}, status=409)
    assert 'role="alert"' in answer.text
    assert 'value="Ten"' in answer.text, "what was typed is still there"
    token = await token_of(site, shop.owner.id)
    terms = {"layer": "shop", "tiers": [{"kind": "minus", "value": 1_000}]}
    tried = await site.call(
        "POST", f"/owners/{shop.id}/promotions/dry-run", token, {"terms": terms, "days": 2}, status=200
    )
    assert tried.json() == {
        "orders": 3, "touched": 3, "goods": 60_000, "cost": 3_000, "by_funder": {"shop": 3_000}, "is_all": True,
    }  # fmt: skip


async def test_the_platform_runs_a_campaign_and_sees_what_it_spends(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(40_000)
    operator, merchant = Browser(site), Browser(site)
    await operator.log_in(await operator_of(town))
    await merchant.log_in(shop.owner.id)
    form = {
        "kind": "cross", "title_en": "Every 300", "amount": "300", "value": "50", "platform_percent": "60",
        "budget": "1000", "days": "3",
    }  # fmt: skip
    await shopper.buy(goods)
    await town.deliver()
    tried = await operator.post("/console/promotions", form | {"intent": "try"}, status=200)
    assert "1 of 1" in tried.text
    assert "¥50.00" in tried.text
    await operator.post("/console/promotions", form)
    page = await merchant.get(f"/workbench/{shop.id}/promotions")
    campaign = page.partition("/join")[0].rpartition("/")[2]
    await merchant.post(f"/workbench/{shop.id}/promotions/{campaign}/join")
    order_id = await shopper.buy(goods)
    assert (await shopper.order(order_id)).total == Money(35_000, "CNY")
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.check_books()
    page = await operator.get("/console/promotions")
    assert "¥1,000.00" in page
    assert page.count("¥50.00") >= 2, "committed and spent"
    assert await shop.balance() == 35_000 + 3_000
    await operator.post(f"/console/promotions/{campaign}/stop")
    assert (await operator.post("/console/promotions", form | {"value": ""}, status=409)).text.count(
        'role="alert"'
    ) == 1


async def test_the_api_makes_changes_stops_and_explains(site: Site) -> None:
    town = site.town
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shop()
    goods = await shop.product(20_000)
    owner, buyer, other = [await token_of(site, each) for each in (shop.owner.id, shopper.actor.id, stranger.owner.id)]
    now = town.db.now()
    body = {
        "titles": {"en": "Fifteen percent"}, "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(days=1)).isoformat(),
        "terms": {"layer": "item", "tiers": [{"kind": "percent", "value": 1_500}],
        "reach": {"skus": [str(goods.sku_id)]}},
    }  # fmt: skip
    path = f"/owners/{shop.id}/promotions"
    made = (await site.call("POST", path, owner, body, status=201)).json()["id"]
    for who, expected in ((other, 403), (buyer, 403), ("", 401)):
        await site.call("POST", path, who, body, status=expected)
        await site.call("GET", path, who, status=expected)
        await site.call("POST", f"{path}/{made}/stop", who, status=expected)
    lines = {"lines": [{"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": 1}]}
    priced = (await site.call("POST", "/quotes", buyer, lines, status=200)).json()
    assert priced["total"]["amount"] == 17_000
    assert priced["tools"][0] == {
        "id": made, "version": 1, "owner_id": str(shop.id), "layer": "item", "titles": {"en": "Fifteen percent"},
        "amount": 3_000, "is_voucher": False,
    }  # fmt: skip
    assert priced["shops"][0]["lines"][0]["cuts"][0]["funder"] == "shop"
    await site.call("PUT", f"{path}/{made}?version=1", owner, body | {"titles": {"en": "Other"}}, status=204)
    await site.call("PUT", f"{path}/{made}?version=1", owner, body, status=409)
    (listed,) = (await site.call("GET", path, owner, status=200)).json()
    assert (listed["version"], listed["terms"]["reach"]["skus"]) == (2, [str(goods.sku_id)])
    await site.call("POST", f"{path}/{made}/stop", owner, status=204)
    assert (await site.call("POST", "/quotes", buyer, lines, status=200)).json()["saved"] == 0
    await site.call("POST", "/owners/platform/promotions", owner, body, status=403)
    bad = body | {"terms": {"layer": "item", "tiers": [{"kind": "percent", "value": "much"}]}}
    await site.call("POST", path, owner, bad, status=422)


async def test_vouchers_through_the_api(site: Site) -> None:
    town = site.town
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(20_000)
    await shop.coupon(1_000, total=1)
    buyer, other = await token_of(site, shopper.actor.id), await token_of(site, stranger.actor.id)
    (offer,) = (await site.call("GET", f"/vouchers/claimable?shop_id={shop.id}", status=200)).json()
    held = (await site.call("POST", f"/vouchers/{offer['id']}/claim", buyer, status=201)).json()["id"]
    await site.call("POST", f"/vouchers/{offer['id']}/claim", other, status=409)
    await site.call("POST", f"/vouchers/{offer['id']}/claim", status=401)
    assert [each["id"] for each in (await site.call("GET", "/wallet", buyer, status=200)).json()["vouchers"]] == [held]
    assert (await site.call("GET", "/wallet", other, status=200)).json() == {"vouchers": [], "coins": 0}
    line = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": 1}
    place = {"address_id": str(shopper.address_id), "lines": [line]}
    full = place | {"agreed": {"amount": 20_000, "currency": "CNY"}}
    await site.call("POST", "/purchases", buyer, full, "k1", status=409)
    await site.call("POST", "/purchases", buyer, full | {"vouchers": []}, "k2", status=201)
    cheap = place | {"agreed": {"amount": 19_000, "currency": "CNY"}, "vouchers": [held]}
    await site.call("POST", "/purchases", buyer, cheap, "k3", status=201)
    await site.call("POST", "/purchases", buyer, cheap, "k4", status=409)
    await town.check_books()


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_its_pages_speak_both_languages_and_are_nobody_elses(site: Site, language: str) -> None:
    shop, stranger = await site.town.shop(), await site.town.shopper()
    operator, other = Browser(site), Browser(site)
    await operator.log_in(await operator_of(site.town))
    await other.log_in(stranger.actor.id)
    await operator.get("/console/promotions", language=language)
    await other.get("/wallet", language=language)
    await other.get("/wallet?tab=USED", language=language)
    await other.get("/console/promotions", status=403, language=language)
    await other.get(f"/workbench/{shop.id}/promotions", status=403, language=language)
    await other.post(
        f"/workbench/{shop.id}/promotions", {"kind": "shop-minus", "value": "1", "title_en": "x"}, status=403
    )


async def test_coins_are_spent_or_kept_as_the_shopper_likes(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    await shop.promote("coins", Tier("percent", 500))
    async with town.db.begin(shopper.actor.bucket) as tx:
        await voucher.earn_coins(tx, shopper.actor.id, 1_000, "welcome", 1)
    buyer = Browser(site)
    await buyer.log_in(shopper.actor.id)
    await buyer.post("/cart/add", {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id)})
    page = await buyer.get("/checkout")
    assert 'name="agreed" value="9500"' in page
    assert "Don&#39;t use coins" in page
    kept = await buyer.get("/checkout?coins=keep")
    assert 'name="agreed" value="10000"' in kept
    assert '<input type="hidden" name="coins" value="keep">' in kept
    key = kept.partition('name="request_key" value="')[2].partition('"')[0]
    form = {"address_id": str(shopper.address_id), "agreed": "10000", "currency": "CNY", "request_key": key}
    await buyer.post("/checkout", form, 409)
    await buyer.post("/checkout", form | {"coins": "keep"})
    token = await token_of(site, shopper.actor.id)
    line = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": 1}
    for keeps, total in ((False, 9_500), (True, 10_000)):
        quoted = await site.call("POST", "/quotes", token, {"lines": [line], "keeps_coins": keeps}, status=200)
        assert quoted.json()["total"]["amount"] == total
    await town.check_books()


async def test_a_price_for_members_is_the_same_on_every_page_and_in_the_api(site: Site) -> None:
    town = site.town
    shop, paid, other = await town.shop(), await town.shopper(), await town.shopper()
    await shop.promote("item", Tier("percent", 1_000), audience="paid_member")
    goods = await shop.product(20_000)
    async with town.db.begin(paid.actor.bucket) as tx:
        await member.put_tag(tx, paid.actor.id, "paid_member", None, "test")
    line = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": 1}
    for shopper, total in ((paid, 18_000), (other, 20_000)):
        browser = Browser(site)
        await browser.log_in(shopper.actor.id)
        is_lower = total == 18_000
        assert ("¥180.00" in await browser.get(f"/p/{goods.product_id}")) == is_lower
        await browser.post("/cart/add", {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id)})
        assert ("¥180.00" in await browser.get("/cart")) == is_lower
        assert f'name="agreed" value="{total}"' in await browser.get("/checkout")
        token = await token_of(site, shopper.actor.id)
        quoted = await site.call("POST", "/quotes", token, {"lines": [line]}, status=200)
        assert quoted.json()["total"]["amount"] == total
        assert [each.payable for each in await shopper.orders(await shopper.place())] == [total]
