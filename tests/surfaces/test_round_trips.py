"""How often a page or a call of the API asks the database. A query in a loop shows here before it shows in life."""

import json
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from tests.cases import lines
from tests.clocks import stand_still
from tests.surfaces.conftest import Site
from tests.surfaces.test_pages import Browser, operator_of

LINES = 12


class Counted:
    """A site where much lies in the cart and in the order lists, so that a query for each of them would show."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.browser = Browser(site)
        self.paths: dict[str, str] = {}

    async def fill(self) -> str:
        """A shopper with a full cart, orders in several shops and a token; answers the token."""
        town = self.site.town
        stand_still(town)
        shops = [await town.shop() for _ in range(3)]
        goods = [await shop.product(freight=await shop.freight()) for shop in shops for _ in range(LINES // 3)]
        shopper = await town.shopper()
        order_id = 0
        for each in goods[:4]:
            order_id = await shopper.buy(each)
        for each in goods:
            await shopper.fill(each)
        await self.browser.log_in(shopper.actor.id)
        await town.feed()
        order = await shopper.order(order_id)
        self.paths = {
            "product": str(goods[0].product_id), "category": str(town.category_id), "order": str(order_id),
            "purchase": str(order.purchase_id), "shop": str(shops[0].id), "address": str(shopper.address_id),
            "line": str((await lines(town, order_id))[0].line_id),
        }  # fmt: skip
        return self.browser.cookies["datong_session"]

    async def count(self, ask: Callable[[], Awaitable[object]]) -> int:
        """How often the database is asked the second time, when what may be remembered is."""
        await ask()
        before = self.site.town.db.round_trips
        await ask()
        return self.site.town.db.round_trips - before


@pytest.fixture
async def counted(site: Site) -> Counted:
    """A site whose asks are counted."""
    return Counted(site)


PAGES = {
    "/": 4, "/s/market": 3, "/c/{category}": 4, "/p/{product}": 10, "/cart": 6, "/checkout": 6, "/orders": 3,
    "/orders/{order}": 7, "/purchases/{purchase}": 3, "/addresses": 2, "/me": 3,
    "/refunds": 2, "/reviews": 3, "/p/{product}/reviews": 5, "/orders/{order}/lines/{line}/refund": 6,
    "/search?q=phone": 6, "/search?category={category}&order=sales": 2, "/search/suggestions?q=ph": 2, "/search": 3,
}  # fmt: skip
CALLS = {
    "/categories": 0, "/products/{product}": 4, "/products?category={category}": 3, "/cart": 4, "/orders": 2,
    "/orders/{order}": 4, "/purchases/{purchase}": 2, "/addresses": 1, "/search?q=phone": 5,
}  # fmt: skip


async def test_pages_ask_a_few_times_however_much_they_show(counted: Counted) -> None:
    await counted.fill()
    found: dict[str, int] = {}
    for path in PAGES:
        found[path] = await counted.count(partial(counted.browser.get, path.format(**counted.paths)))
    assert {path: count for path, count in found.items() if count > PAGES[path]} == {}


async def test_staffs_and_operators_pages_ask_a_few_times_too(counted: Counted) -> None:
    await counted.fill()
    town = counted.site.town
    shop = await town.shop()
    await counted.browser.log_in(shop.owner.id)
    operator = Browser(counted.site)
    await operator.log_in(await operator_of(town))
    asked = [
        (counted.browser, f"/workbench/{shop.id}{part}")
        for part in ("", "/orders", "/refunds", "/reviews", "/products", "/funds")
    ]
    asked += [(operator, f"/console{part}") for part in ("", "/disputes", "/reviews")]
    found: dict[str, int] = {}
    for browser, path in asked:
        before = town.db.round_trips
        await browser.get(path)
        found[path] = town.db.round_trips - before
    assert {path: count for path, count in found.items() if count > 12} == {}


async def test_calls_ask_a_few_times_however_much_they_answer(counted: Counted) -> None:
    token = await counted.fill()
    found: dict[str, int] = {}
    for path in CALLS:
        asked = partial(counted.site.call, "GET", path.format(**counted.paths), token, status=200)
        found[path] = await counted.count(asked)
    assert {path: count for path, count in found.items() if count > CALLS[path]} == {}


async def test_the_way_to_an_order_is_short(counted: Counted) -> None:
    """Into the cart, quote, place, open the payment: each with so many round trips, for twelve lines."""
    token = await counted.fill()
    site, db = counted.site, counted.site.town.db
    line = {"product_id": counted.paths["product"], "sku_id": "", "quantity": 1}
    product = (await site.call("GET", f"/products/{counted.paths['product']}", status=200)).json()
    line["sku_id"] = product["skus"][0]["id"]

    await site.call("GET", "/cart", token, status=200)

    async def ask(path: str, body: object, most: int, key: str = "") -> dict[str, object]:
        before = db.round_trips
        answer = await site.call("POST", path, token, body, key)
        assert answer.status_code < 300, answer.text
        assert db.round_trips - before <= most, path
        return dict(json.loads(answer.text or "{}"))

    await ask("/cart/lines", line, 3)
    priced = (await site.call("GET", "/cart", token, status=200)).json()
    agreed = priced["quote"]["total"]
    await ask("/quotes", {"lines": [line]}, 2)
    placed = await ask("/purchases", {"address_id": counted.paths["address"], "agreed": agreed}, 8, "one")
    await ask(f"/purchases/{placed['id']}/payments", {}, 14)
