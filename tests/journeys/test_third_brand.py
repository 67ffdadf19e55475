"""A third brand, by forms alone: opened by an operator, entered by a shop, bought from by a guest, in its own money."""

import re

import pytest

from datong.commerce import member, payment, storefront
from datong.commerce.cart import get_cart
from datong.kernel.actor import SYSTEM, Actor
from tests.journeys.browser import DESK, PHONE, Live
from tests.surfaces.conftest import Site
from tests.surfaces.test_pages import Browser, operator_of

FORM = {
    "code": "nordlicht", "name_en": "Nordlicht", "name_zh": "北光", "tagline_en": "From the far north",
    "tagline_zh": "来自遥远的北方", "currency": "EUR", "time_zone": "Europe/Berlin", "language_en": "1",
    "language_zh": "1", "accent": "#0f766e", "is_derived": "1", "request_key": "open",
}  # fmt: skip
SHOP = {
    "storefront": "nordlicht", "kind": "enterprise", "name_en": "Fjord House", "name_zh": "峡湾之家", "slug": "fjord",
    "legal_name": "Fjord GmbH", "identity": "HRB 4711", "ships_from": "31", "subject_kind": "company",
}  # fmt: skip
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Cast:
    """Everyone of the story, each with a browser of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.operator, self.founder, self.guest = Browser(site), Browser(site), Browser(site)
        self.founder_id = 0

    async def arrive(self) -> None:
        """The operator and the founder log in; the guest does not."""
        await self.operator.log_in(await operator_of(self.site.town))
        self.founder_id = await member.register(self.site.town.db, "founder@example.org", "correct horse")
        await self.founder.log_in(self.founder_id)

    async def go_live(self) -> None:
        """The operator drafts the storefront, sets its rules, and makes it live."""
        made = await self.operator.post("/console/storefronts", FORM)
        again = await self.operator.post("/console/storefronts", FORM)
        assert made.headers["location"] == again.headers["location"] == "/console/storefronts/3"
        for name, value in (
            ("merchant.commission_bps", "250"),
            ("merchant.deposit", '{"enterprise": 20000}'),
            ("merchant.shop_kinds", '["enterprise"]'),
        ):
            rule = {"place": "storefront:3", "value": value, "reason": "The north opens", "intent": "set"}
            await self.operator.post(f"/console/rulebook/{name}", rule)
        page = await self.operator.get("/console/storefronts/3")
        assert page.count("This storefront</span>") == 3
        await self.operator.post("/console/storefronts/3/state", {"state": "LIVE", "version": "1", "request_key": "l"})

    async def enter(self) -> int:
        """The founder applies, the operator admits the shop and books its deposit; answers the shop's id."""
        town = self.site.town
        applied = await self.founder.post("/sell", SHOP | {"category": str(town.category_id)})
        shop = int(re.findall(r"/workbench/(\d+)", applied.headers["location"])[0])
        await self.operator.post(f"/console/shops/{shop}/approve")
        page = await self.operator.get(f"/console/shops/{shop}")
        assert "€200.00" in page
        dues = dict(HIDDEN.findall(page)) | {"request_key": "dues"}
        await self.operator.post(f"/console/shops/{shop}/dues", dues)
        await town.deliver()
        return shop

    async def publish(self, shop: int) -> int:
        """The shop puts a lamp on sale; answers the product's id."""
        form = {
            "category": str(self.site.town.category_id), "title_en": "A northern lamp", "title_zh": "北方之灯",
            "labels-0": "{}", "price-0": "129.90", "stock-0": "5", "outer_id": "N-1", "is_on_sale": "1",
        }  # fmt: skip
        answer = await self.founder.upload(f"/workbench/{shop}/publish", form, b"")
        assert answer.status_code == 303, answer.text
        await self.site.town.feed()
        found = re.findall(r'href="/p/(\d+)', await self.guest.get("/s/nordlicht"))
        return int(found[0])

    async def pay(self) -> int:
        """The guest, at the checkout: joins, places, pays; answers the order's id."""
        typed = {"receiver": "Li", "phone": "138", "region": "31", "city": "Shanghai", "street": "1 Road"}
        await self.guest.post("/join", {"login": "g@example.org", "password": "correct horse", "next": "/checkout"})
        await self.guest.post("/addresses", typed)
        checkout = await self.guest.get("/checkout")
        assert "€" in checkout
        placed = await self.guest.post("/checkout", dict(HIDDEN.findall(checkout)))
        to_pay = await self.guest.post(placed.headers["location"] + "/pay", {"gateway": "sandbox"})
        path = to_pay.headers["location"].removeprefix("http://test")
        assert "€" in await self.guest.get(path)
        await self.guest.post(path, {"manner": "paid"})
        await self.site.call_back()
        await self.site.town.deliver()
        return int(re.findall(r'href="/orders/(\d+)"', await self.guest.get("/orders"))[0])


async def test_a_third_brand_makes_its_first_sale(site: Site) -> None:
    cast, town = Cast(site), site.town
    await cast.arrive()
    await cast.go_live()
    shop = await cast.enter()
    product = await cast.publish(shop)

    for language, name, tagline in (("en", "Nordlicht", "From the far north"), ("zh", "北光", "来自遥远的北方")):
        home = await Browser(site).get("/s/nordlicht", language=language)
        assert name in home
        assert tagline in home
        assert "€129.90" in re.sub(r"<[^>]+>", "", home)
        assert '/storefronts/3/look.css?v=2"' in home
        category = await Browser(site).get(f"/c/{town.category_id}?storefront=nordlicht", language=language)
        assert str(product) in category
        search = await Browser(site).get("/search?q=lamp&storefront=nordlicht", language=language)
        assert str(product) in search
        assert "€129.90" in re.sub(r"<[^>]+>", "", await Browser(site).get(f"/p/{product}", language=language))
    css = await Browser(site).fetch("/storefronts/3/look.css?v=2")
    assert css.headers["content-type"].startswith("text/css")
    assert "immutable" in css.headers["cache-control"]
    assert "#0f766e" in css.text

    page = await cast.guest.get(f"/p/{product}")
    sku = re.findall(r'name="sku_id" value="(\d+)"', page)[0]
    await cast.guest.post("/cart/add", {"product_id": str(product), "sku_id": sku, "quantity": "2"})
    order_id = await cast.pay()
    await ship(cast, shop, order_id)
    await cast.guest.post(f"/orders/{order_id}/confirm")
    await town.deliver()

    owner = Actor(cast.founder_id, "member", {shop: frozenset({"balance:read"})})
    async with town.db.read() as tx:
        held = {(each.account, each.currency): each.amount for each in await payment.get_shop_balance(tx, owner, shop)}
        books = await payment.list_platform_totals(tx, SYSTEM)
    assert held == {("shop_balance", "EUR"): 25_980 - 650, ("deposit", "EUR"): 20_000}
    earned = {(each.account, each.currency): each.amount for each in books}
    assert earned["commission", "EUR"] == 650
    assert not [account for account, currency in earned if currency == "CNY" and earned[account, currency]]
    await town.check_books()


async def ship(cast: Cast, shop: int, order_id: int) -> None:
    """The shop's part, by the form of the workbench."""
    page = await cast.founder.get(f"/workbench/{shop}/orders/{order_id}")
    assert "€" in page
    line = re.findall(r'name="line-(\d+)"', page)[0]
    form = {"courier": "sandbox", "tracking_no": "SB12345", "request_key": "k", f"line-{line}": "on"}
    await cast.founder.post(f"/workbench/{shop}/orders/{order_id}/ship", form)
    await cast.site.town.deliver()


async def test_a_draft_is_seen_by_staff_alone(site: Site) -> None:
    cast = Cast(site)
    await cast.arrive()
    await cast.operator.post("/console/storefronts", FORM)
    assert "Nordlicht" in await cast.operator.get("/s/nordlicht")
    for browser in (cast.founder, cast.guest):
        await browser.get("/s/nordlicht", 404)
        await browser.get("/search?q=lamp&storefront=nordlicht", 404)
        await browser.get("/sell?storefront=nordlicht", 404)
        assert (await browser.fetch("/storefronts/3/look.css")).status_code == 404
        assert "Nordlicht" not in await browser.get("/")
        assert "Nordlicht" not in await browser.get("/sell")
    await cast.founder.post("/sell", SHOP | {"category": str(site.town.category_id)}, 404)
    assert "nordlicht" not in (await site.call("GET", "/storefronts", status=200)).text
    await site.call("GET", "/products?storefront=nordlicht", status=404)


async def test_what_is_wrong_is_said_beside_the_form_and_nothing_is_lost(site: Site) -> None:
    cast = Cast(site)
    await cast.arrive()
    answers = {
        "currency": ("JPY", "not counted in hundredths"), "accent": ("#ffe14d", "contrast"),
        "code": ("market", "Another storefront has this address"),
    }  # fmt: skip
    for name, (value, says) in answers.items():
        answer = await cast.operator.post("/console/storefronts", FORM | {name: value}, 409 if name == "code" else 422)
        assert says in answer.text
        assert "From the far north" in answer.text
    tried = await cast.operator.post("/console/storefronts", FORM | {"intent": "try"}, 200)
    preview = re.findall(r'href="(/console/storefront-look.css[^"]+)"', tried.text)[0].replace("&amp;", "&")
    assert '[data-theme="preview-dark"]' in await cast.operator.get(preview)
    async with site.town.db.read() as tx:
        assert len((await storefront.get_storefronts(tx)).all) == 2


async def test_it_is_paused_and_closed_only_when_nothing_is_open(site: Site) -> None:
    cast, town = Cast(site), site.town
    await cast.arrive()
    await cast.go_live()
    shop = await cast.enter()
    product = await cast.publish(shop)
    page = await cast.guest.get(f"/p/{product}")
    sku = re.findall(r'name="sku_id" value="(\d+)"', page)[0]
    await cast.guest.post("/cart/add", {"product_id": str(product), "sku_id": sku, "quantity": "1"})
    order_id = await cast.pay()
    state = "/console/storefronts/3/state"
    await cast.operator.post(state, {"state": "PAUSED", "version": "2", "request_key": "p"})
    town.move_clock(minutes=2)
    refused = await cast.operator.post(state, {"state": "CLOSED", "version": "3", "request_key": "c"}, 409)
    assert "still has open orders" in refused.text
    await cast.guest.post("/cart/add", {"product_id": str(product), "sku_id": sku, "quantity": "1"})
    assert "No longer on sale" in await cast.guest.get("/cart")
    await cast.founder.get("/sell?storefront=nordlicht", 409)

    await ship(cast, shop, order_id)
    await cast.guest.post(f"/orders/{order_id}/confirm")
    await cast.operator.post(state, {"state": "CLOSED", "version": "3", "request_key": "c"})
    await cast.guest.get("/s/nordlicht", 404)
    assert str(product) not in await cast.guest.get("/search?q=northern")
    assert str(order_id) in await cast.guest.get(f"/orders/{order_id}")
    await town.check_books()


async def test_a_brand_in_one_language_speaks_it_to_everyone(site: Site) -> None:
    cast = Cast(site)
    await cast.arrive()
    form = {name: text for name, text in FORM.items() if name != "language_en"}
    await cast.operator.post("/console/storefronts", form)
    await cast.operator.post("/console/storefronts/3/state", {"state": "LIVE", "version": "1", "request_key": "l"})
    page = await cast.guest.get("/s/nordlicht", language="en")
    assert 'lang="zh-CN"' in page
    assert "来自遥远的北方" in page
    assert 'action="/language"' not in page
    assert 'action="/language"' in await cast.guest.get("/s/market", language="en")


async def test_goods_of_two_currencies_share_a_cart_but_no_payment(site: Site) -> None:
    cast, town = Cast(site), site.town
    await cast.arrive()
    await cast.go_live()
    product = await cast.publish(await cast.enter())
    home = await (await town.shop()).product(10_000)
    shopper = await town.shopper()
    browser = Browser(site)
    await browser.log_in(shopper.actor.id)
    sku = re.findall(r'name="sku_id" value="(\d+)"', await browser.get(f"/p/{product}"))[0]
    await browser.post("/cart/add", {"product_id": str(product), "sku_id": sku, "quantity": "1"})
    await browser.post("/cart/add", {"product_id": str(home.product_id), "sku_id": str(home.sku_id), "quantity": "1"})
    page = await browser.get("/cart")
    assert "paid separately" in page
    text = re.sub(r"<[^>]+>", "", page)
    assert "€129.90" in text
    assert "¥100.00" in text
    assert 'href="/checkout"' not in page
    assert "paid separately" in await browser.get("/checkout", 409)
    await browser.post("/cart/change", {"sku_id": str(home.sku_id), "tick": "1"})
    async with town.db.read() as tx:
        view = await get_cart(tx, shopper.actor, "31")
    assert (view.ticked.total.amount, view.ticked.currency, view.is_mixed) == (12_990, "EUR", False)
    assert 'href="/checkout"' in await browser.get("/cart")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.asyncio(loop_scope="session")
async def test_the_pages_of_a_third_brand_in_a_browser(live: Live, language: str) -> None:
    operator = await operator_of(live.town)
    async with live.person(DESK, language, actor_id=operator) as someone:
        await someone.go("/console/storefronts/new")
        for name in ("code", "name_en", "name_zh", "tagline_en", "tagline_zh", "time_zone", "accent"):
            await someone.page.locator(f"#{name}").fill(FORM[name])
        await someone.page.locator("#currency").select_option("EUR")
        await someone.page.locator("button[value=try]").click()
        await someone.page.locator("[data-theme=preview-dark]").wait_for()
        someone.complaints.clear()
        assert await someone.check() == []
        await someone.keep(f"storefront-new-desk-{language}")
        await someone.page.locator("button[value=save]").click()
        await someone.page.locator("table").wait_for()
        assert await someone.check() == []
        await someone.page.locator(".sure summary").last.click()
        await someone.page.locator(".sure[open] button").click()
        await someone.page.wait_for_load_state()
        await someone.keep(f"storefront-desk-{language}")
    for size, where in ((DESK, "desk"), (PHONE, "phone")):
        async with live.person(size, language) as someone:
            await someone.go("/s/nordlicht")
            await someone.sees(FORM[f"tagline_{language}"])
            accent = await someone.page.evaluate(
                "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
            )
            assert accent.strip() == "#0f766e"
            assert await someone.check() == []
            await someone.keep(f"third-brand-{where}-{language}")
    async with live.person(PHONE, language, actor_id=operator) as someone:
        for path, name in (("/console/storefronts", "storefronts"), ("/console/storefronts/3", "storefront")):
            await someone.go(path)
            assert await someone.check() == []
            wide = await someone.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"]
            await someone.keep(f"{name}-phone-{language}")
