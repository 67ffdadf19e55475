"""The API: bad input gets a 4xx with its reason and changes nothing; strangers get nothing."""

import asyncio
from typing import Any

import pytest

from datong.commerce import member
from datong.kernel.sql import value
from tests.make import Town
from tests.surfaces.conftest import ADDRESS, Site

HUGE = 10**30


async def token_of(site: Site, actor_id: int) -> str:
    """A session of someone the town made."""
    return await member.open_session(site.town.db, actor_id)


async def snapshot(town: Town) -> list[tuple[str, int]]:
    """How many rows every table of trade has."""
    tables = ("shop_order", "purchase", "cart_line", "product", "stock_entry", "ledger_entry", "address", "shop")
    async with town.db.read() as tx:
        return [(name, await tx.one(value(int, f"select count(*) from {name}"))) for name in tables]


async def test_bad_input_is_refused_and_changes_nothing(site: Site) -> None:
    shop, shopper = await site.town.shop(), await site.town.shopper()
    goods = await shop.product()
    await shopper.fill(goods)
    token, owner = await token_of(site, shopper.actor.id), await token_of(site, shop.owner.id)
    good_line = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": 1}
    product: dict[str, Any] = {
        "outer_id": "X", "category_id": str(site.town.category_id), "titles": {"en": "X"}, "skus": [{"price": 1}],
    }  # fmt: skip
    agreed = {"amount": 10_000, "currency": "CNY"}
    before = await snapshot(site.town)
    cases: list[tuple[str, str, str, Any]] = [
        ("POST", "/cart/lines", token, good_line | {"quantity": -1}),
        ("POST", "/cart/lines", token, good_line | {"quantity": 0}),
        ("POST", "/cart/lines", token, good_line | {"quantity": HUGE}),
        ("POST", "/cart/lines", token, good_line | {"quantity": "two"}),
        ("POST", "/cart/lines", token, good_line | {"extra": 1}),
        ("POST", "/cart/lines", token, good_line | {"sku_id": "abc"}),
        ("POST", "/cart/lines", token, good_line | {"sku_id": "9" * 19}),
        ("POST", "/cart/lines", token, good_line | {"sku_id": "0"}),
        ("POST", "/cart/lines", token, []),
        ("POST", "/purchases", token, {"address_id": "1", "agreed": agreed}),
        ("POST", "/purchases", token,
        {"address_id": str(shopper.address_id), "agreed": {"amount": HUGE, "currency": "CNY"}}),
        ("POST", "/purchases", token,
        {"address_id": str(shopper.address_id), "agreed": {"amount": -1, "currency": "CNY"}}),
        ("POST", "/addresses", token, ADDRESS | {"region": "00"}),
        ("POST", "/addresses", token, ADDRESS | {"street": "x" * 1000}),
        ("POST", "/addresses", token, ADDRESS | {"receiver": "a\x00b"}),
        ("POST", f"/shops/{shop.id}/products", owner, product | {"skus": [{"price": -1}]}),
        ("POST", f"/shops/{shop.id}/products", owner, product | {"skus": [{"price": HUGE}]}),
        ("POST", f"/shops/{shop.id}/products", owner, product | {"skus": [{"price": 1, "stock": -1}]}),
        ("POST", f"/shops/{shop.id}/products", owner, product | {"points": {"en": "a\x00b"}}),
        ("PUT", f"/shops/{shop.id}/stock/{goods.sku_id}", owner, {"on_hand": -5}),
        ("PUT", f"/shops/{shop.id}/stock/{goods.sku_id}", owner, {"on_hand": HUGE}),
        ("POST", f"/shops/{shop.id}/payouts", owner, {"amount": {"amount": 10_000, "currency": "CNY"}}),
        ("POST", "/quotes", token, {"lines": []}),
        ("GET", "/products?limit=100000", token, None),
        ("GET", "/products?cursor=nonsense", token, None),
        ("GET", "/products?order=random", token, None),
        ("GET", f"/products/{HUGE}", token, None),
        ("GET", "/orders?state=NOWHERE", token, None),
    ]  # fmt: skip
    for method, path, who, body in cases:
        answer = await site.call(method, path, who, body, key="key")
        assert 400 <= answer.status_code < 500, (path, body, answer.text)
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["code"], path
        assert answer.json()["title"], path
    assert await snapshot(site.town) == before


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b'{"login": 1e999}',
        b"[" * 5000,
        b"null",
        b"",
        b'{"login":"\\ud800","password":"correct horse"}',
    ],
)
async def test_malformed_json_is_refused(site: Site, content: bytes) -> None:
    answer = await site.client.post("/api/v1/members", content=content, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text


async def test_ten_megabytes_are_refused(site: Site) -> None:
    answer = await site.client.post("/api/v1/members", content=b'"' + b"x" * 10_000_000 + b'"')
    assert answer.status_code == 413


async def test_a_write_that_could_happen_twice_needs_a_key(site: Site) -> None:
    shopper = await site.town.shopper()
    body = {"address_id": str(shopper.address_id), "agreed": {"amount": 1, "currency": "CNY"}}
    answer = await site.call("POST", "/purchases", await token_of(site, shopper.actor.id), body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (422, "Idempotency-Key")


async def test_the_same_key_with_another_body_is_refused(site: Site) -> None:
    shopper = await site.town.shopper()
    await shopper.fill(await (await site.town.shop()).product())
    token = await token_of(site, shopper.actor.id)
    body = {"address_id": str(shopper.address_id), "agreed": {"amount": 10_000, "currency": "CNY"}}
    await site.call("POST", "/purchases", token, body, key="k", status=201)
    answer = await site.call("POST", "/purchases", token, body | {"notes": {"5": "other"}}, key="k")
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.request_key_reused")


async def test_refusals_speak_the_askers_language(site: Site) -> None:
    answer = await site.client.get("/api/v1/me", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert (answer.status_code, answer.json()["title"]) == (401, "请先登录。")


async def test_strangers_get_nothing(site: Site) -> None:
    town = site.town
    shop, other_shop, shopper, stranger = (
        await town.shop(),
        await town.shop(),
        await town.shopper(),
        await town.shopper(),
    )
    order_id = await shopper.buy(await shop.product(), 1)
    purchase_id = (await shopper.order(order_id)).purchase_id
    tokens = {
        "guest": "",
        "stranger": await token_of(site, stranger.actor.id),
        "other shop": await token_of(site, other_shop.owner.id),
    }
    parcel = {"courier": "sandbox", "tracking_no": "SB1234"}
    forbidden: list[tuple[str, str, Any]] = [
        ("GET", f"/orders/{order_id}", None),
        ("GET", f"/purchases/{purchase_id}", None),
        ("POST", f"/purchases/{purchase_id}/payments", {}),
        ("POST", f"/orders/{order_id}/confirm", None),
        ("POST", f"/orders/{order_id}/cancel", {"reason": "not_wanted"}),
        ("POST", f"/orders/{order_id}/close", {"reason": "not_wanted"}),
        ("POST", f"/orders/{order_id}/extend", None),
        ("POST", f"/orders/{order_id}/parcels", parcel),
        ("POST", f"/orders/{order_id}/seller-extension", {"days": 3}),
        ("GET", f"/shops/{shop.id}/entry", None),
        ("GET", f"/shops/{shop.id}/staff", None),
        ("PUT", f"/shops/{shop.id}/staff/{stranger.actor.id}", {"role": "owner"}),
        ("GET", f"/shops/{shop.id}/own-products", None),
        ("GET", f"/shops/{shop.id}/orders", None),
        ("GET", f"/shops/{shop.id}/balances", None),
        ("GET", f"/shops/{shop.id}/statement", None),
        ("GET", f"/shops/{shop.id}/payouts", None),
        ("POST", f"/shops/{shop.id}/payouts", {"amount": {"amount": 10_000, "currency": "CNY"}}),
        ("PUT", f"/addresses/{shopper.address_id}", ADDRESS),
        ("DELETE", f"/addresses/{shopper.address_id}", None),
        ("GET", "/operator/applications", None),
        ("POST", f"/operator/shops/{shop.id}/decision", {"is_approved": True}),
        ("POST", f"/operator/shops/{shop.id}/dues", {"deposit": 1, "fee": 0}),
        ("GET", "/operator/parameters", None),
        ("PUT", "/operator/parameters/order.auto_confirm_days", {"value": 1}),
        ("GET", "/operator/parameter-history", None),
        ("GET", "/operator/failed-events", None),
        ("POST", "/operator/failed-events/1/retry", None),
        ("GET", "/operator/backlog", None),
    ]
    before = await snapshot(town)
    for who, token in tokens.items():
        for method, path, body in forbidden:
            answer = await site.call(method, path, token, body, key="k")
            assert answer.status_code in {401, 403, 404}, (who, path, answer.text)
    assert await snapshot(town) == before


async def test_call_backs_without_our_signature_are_refused(site: Site) -> None:
    for path in ("/callbacks/payment/sandbox", "/callbacks/courier/sandbox"):
        answer = await site.client.post(path, json={"event_id": "x"}, headers={"x-sandbox-signature": "t=1,v1=2"})
        assert answer.status_code == 403
    assert (await site.client.post("/callbacks/payment/nobody", json={})).status_code == 404


async def test_parcels_are_followed_to_the_door(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product())
    await shop.ship(order_id)
    await town.settle_down()
    courier: Any = town.adapters.couriers["sandbox"]
    for _ in range(5):
        town.move_clock(hours=13)
        await courier.move_parcels()
        await site.call_back()
    await town.check_books()
    page = (await site.call("GET", f"/orders/{order_id}", await token_of(site, shopper.actor.id), status=200)).json()
    assert [each["code"] for each in page["parcels"][0]["events"]] == [
        "delivered", "out_for_delivery", "in_transit", "accepted",
    ]  # fmt: skip
    assert (await shopper.order(order_id)).delivered_at is not None


async def test_health_says_how_it_is(site: Site) -> None:
    assert (await site.client.get("/health")).json()["status"] == "ok"
    assert (await site.client.get("/health/live")).status_code == 200


async def test_many_at_once_are_limited(site: Site) -> None:
    limit = site.town.settings.api_requests_per_minute
    answers = await asyncio.gather(*(site.client.get("/api/v1/storefronts") for _ in range(limit + 5)))
    assert [each.status_code for each in answers].count(429) >= 4
