"""The pages: a whole purchase by forms alone, both languages, and nothing for strangers."""

import re

import httpx
import pytest

from datong.commerce import member
from datong.kernel import batching
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from tests.make import Shop, Town
from tests.surfaces.conftest import Site


class Browser:
    """A client with cookies that sends forms as a browser does."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, status: int = 200, language: str = "en") -> str:
        """A page, after any redirects of its own."""
        answer = await self._ask("GET", path, None, language)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return answer.text

    async def post(self, path: str, form: dict[str, str] | None = None, status: int = 303) -> httpx.Response:
        """A form with the token that every page carries."""
        if "datong_csrf" not in self.cookies:
            await self.get("/log-in")
        answer = await self._ask("POST", path, (form or {}) | {"_csrf_token": self.cookies["datong_csrf"]}, "en")
        assert answer.status_code == status, (path, answer.status_code, answer.text[:800])
        return answer

    async def fetch(self, path: str) -> httpx.Response:
        """Whatever is there."""
        return await self._ask("GET", path, None, "en")

    async def upload(self, path: str, form: dict[str, str], body: bytes, name: str = "file") -> httpx.Response:
        """A form with a file."""
        if "datong_csrf" not in self.cookies:
            await self.get("/log-in")
        fields = form | {"_csrf_token": self.cookies["datong_csrf"]}
        return await self._ask("POST", path, fields, "en", {name: ("file", body, "application/octet-stream")})

    async def log_in(self, actor_id: int) -> None:
        """Be someone."""
        self.cookies["datong_session"] = await member.open_session(self._site.town.db, actor_id)

    async def _ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None,
        language: str,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"cookie": cookie, "accept-language": language}
        answer = await self._site.client.request(method, path, data=form, headers=headers, files=files)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        self._site.client.cookies.clear()
        return answer


async def operator_of(town: Town) -> int:
    """An operator of all centres."""
    member_id = await member.register(town.db, "op@example.org", "correct horse")
    async with town.db.begin(bucket_of(member_id)) as tx:
        await member.appoint_operator(tx, SYSTEM, member_id, ["platform", "industry", "consumer"])
    return member_id


async def test_a_guest_fills_a_cart_joins_and_buys_by_forms_alone(site: Site) -> None:
    shop = await site.town.shop()
    goods = await shop.product(12_345)
    browser = Browser(site)
    page = await browser.get(f"/p/{goods.product_id}")
    assert 'name="sku_id"' in page
    form = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": "2"}
    await browser.post("/cart/add", form)
    assert "¥246.90" in await browser.get("/cart") or "246" in await browser.get("/cart")
    assert (await browser._ask("GET", "/checkout", None, "en")).status_code == 303
    await browser.post("/join", {"login": "new@example.org", "password": "correct horse", "next": "/checkout"})
    await browser.get("/checkout")
    typed = {"receiver": "Li", "phone": "138", "region": "31", "city": "Shanghai", "street": "1 Road"}
    await browser.post("/addresses", typed | {"street": "x" * 300}, 422)
    await browser.post("/addresses", typed)
    checkout = await browser.get("/checkout")
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', checkout))
    stale = await browser.post("/checkout", fields | {"agreed": "1"}, 409)
    assert "The total has changed" in stale.text
    placed = await browser.post("/checkout", fields)
    again = await browser.post("/checkout", fields)
    assert again.headers["location"] == placed.headers["location"]
    to_pay = await browser.post(placed.headers["location"] + "/pay", {"gateway": "sandbox"})
    await browser.get(to_pay.headers["location"].removeprefix("http://test"))
    await browser.post(to_pay.headers["location"].removeprefix("http://test"), {"manner": "paid"})
    await site.call_back()
    assert "Paid" in await browser.get(placed.headers["location"])
    orders = await browser.get("/orders")
    order_id = re.search(r'href="/orders/(\d+)"', orders)
    assert order_id
    await ship_by_form(site, shop, int(order_id[1]))
    await browser.post(f"/orders/{order_id[1]}/confirm")
    await browser.post(f"/orders/{order_id[1]}/confirm", status=409)
    lines = re.search(r"/snapshots/(\d+)", await browser.get(f"/orders/{order_id[1]}"))
    assert lines
    await browser.get(f"/orders/{order_id[1]}/snapshots/{lines[1]}")
    await site.town.check_books()
    assert await shop.balance() == 24_690


async def ship_by_form(site: Site, shop: Shop, order_id: int) -> None:
    """The merchant's part, at the workbench."""
    await site.town.deliver()
    seller = Browser(site)
    await seller.log_in(shop.owner.id)
    assert str(order_id) in await seller.get(f"/workbench/{shop.id}/orders")
    page = await seller.get(f"/workbench/{shop.id}/orders/{order_id}")
    line = re.search(r'name="line-(\d+)"', page)
    assert line
    form = {"courier": "sandbox", "tracking_no": "SB12345", "request_key": "k", f"line-{line[1]}": "on"}
    await seller.post(f"/workbench/{shop.id}/orders/{order_id}/ship", form | {"tracking_no": "!"}, 409)
    await seller.post(f"/workbench/{shop.id}/orders/{order_id}/ship", form)
    assert str(order_id) not in await seller.get(f"/workbench/{shop.id}/orders")


async def test_price_and_stock_are_changed_in_place(site: Site) -> None:
    shop = await site.town.shop()
    goods = await shop.product(1_000)
    seller = Browser(site)
    await seller.log_in(shop.owner.id)
    path = f"/workbench/{shop.id}/products/{goods.product_id}"
    form = {"sku_id": str(goods.sku_id), "sale_key": "", "price": "12.5", "on_hand": "77"}
    await seller.post(path, form)
    page = await seller.get(f"/workbench/{shop.id}/products")
    assert 'value="12.50"' in page
    assert 'value="77"' in page
    await seller.post(path, form | {"price": "twelve"}, 409)
    await seller.post(path, {"is_on_sale": "0"})
    assert "no longer on sale" in await Browser(site).get(f"/p/{goods.product_id}")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_speaks_both_languages(site: Site, language: str) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product())
    await shopper.fill(await shop.product(skus=3))
    await town.deliver()
    purchase = (await shopper.order(order_id)).purchase_id
    as_shopper, as_owner, as_operator = Browser(site), Browser(site), Browser(site)
    await as_shopper.log_in(shopper.actor.id)
    await as_owner.log_in(shop.owner.id)
    await as_operator.log_in(await operator_of(town))
    pages = {
        as_shopper: ["/", "/s/market", "/s/mall", "/categories", "/v/electronics", f"/c/{town.category_id}", "/cart",
                     f"/c/{town.category_id}?order=price_up&storefront=mall", "/checkout", "/orders",
                     "/orders?tab=ship",
                     f"/orders/{order_id}", f"/purchases/{purchase}", "/me", "/addresses", "/log-in", "/join"],
        as_owner: [f"/workbench/{shop.id}", f"/workbench/{shop.id}/orders?tab=all",
        f"/workbench/{shop.id}/orders/{order_id}",
                   f"/workbench/{shop.id}/products", f"/workbench/{shop.id}/funds"],
        as_operator: ["/console"],
    }  # fmt: skip
    for browser, paths in pages.items():
        for path in paths:
            status = 303 if path.startswith("/v/") else 200
            text = await browser.get(path, status, language)
            if status == 200:
                assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in text
                assert ("购物车" in text) == (language == "zh"), path
                assert "<style" not in text
                assert " style=" not in text
                assert "onclick" not in text


async def test_strangers_see_no_page_of_others(site: Site) -> None:
    town = site.town
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shopper()
    other = await town.shop()
    order_id = await shopper.buy(await shop.product())
    purchase = (await shopper.order(order_id)).purchase_id
    for actor_id in (0, stranger.actor.id, other.owner.id):
        browser = Browser(site)
        if actor_id:
            await browser.log_in(actor_id)
        closed = 303 if actor_id == 0 else 404
        await browser.get(f"/orders/{order_id}", closed)
        await browser.get(f"/purchases/{purchase}", closed)
        for path in ("", "/orders", "/products", "/funds", f"/orders/{order_id}"):
            await browser.get(f"/workbench/{shop.id}{path}", 303 if actor_id == 0 else 403)
        await browser.get("/console", 303 if actor_id == 0 else 403)
        for path in (f"/orders/{order_id}/confirm", f"/workbench/{shop.id}/payouts", "/console/failed-events/1"):
            answer = await browser._ask("POST", path, {"_csrf_token": browser.cookies.get("datong_csrf", "")}, "en")
            assert answer.status_code in {401, 403, 404}, (path, answer.status_code)
    await town.check_books()


async def test_a_form_without_its_token_is_refused(site: Site) -> None:
    browser = Browser(site)
    await browser.get("/log-in")
    answer = await browser._ask("POST", "/log-out", {"_csrf_token": "nonsense"}, "en")
    assert answer.status_code == 403
    assert "open for too long" in answer.text


async def test_pages_carry_the_headers_that_protect_them(site: Site) -> None:
    for path in ("/", "/nope", "/api/v1/storefronts"):
        headers = (await site.client.get(path)).headers
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_after_logging_in_one_stays_on_this_site(site: Site) -> None:
    await member.register(site.town.db, "li@example.org", "correct horse")
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        browser = Browser(site)
        form = {"login": "li@example.org", "password": "correct horse", "next": target}
        assert (await browser.post("/log-in", form)).headers["location"] == "/"


async def test_in_a_rush_the_shopper_waits_with_everything_that_was_said(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = await site.town.shopper()
    await shopper.fill(await (await site.town.shop()).product(5_000))
    browser = Browser(site)
    await browser.log_in(shopper.actor.id)
    form = {
        "address_id": str(shopper.address_id), "agreed": "5000", "currency": "CNY", "request_key": "k1",
        "note-1": 'a "note" <b>',
    }  # fmt: skip
    with monkeypatch.context() as full:
        full.setattr(batching, "MAX_QUEUED", 0)
        answer = await browser.post("/checkout", form, status=429)
    assert answer.headers["retry-after"] == "1"
    assert "a &#34;note&#34; &lt;b&gt;" in answer.text
    assert 'name="request_key" value="k1"' in answer.text
    del form["note-1"]
    await browser.post("/checkout", form)
