"""Searching over HTTP: pages in both languages, the API, hostile queries, and nothing for strangers."""

import re
from urllib.parse import quote, urlencode

import pytest

from datong.adapters.engine import EngineDown
from datong.platform.search import notes_of
from tests.surfaces.conftest import Site
from tests.surfaces.test_api import token_of
from tests.surfaces.test_pages import Browser, operator_of

HOSTILE = [
    "x" * 10_000, "手" * 2_000, "\x00", "a\x00b", "%00", "' or 1=1 --", '"', '"""', '"a', "(((", "a AND b OR NOT c",
    "title:*", "*", "?",
    "a~2 b^9", "[a TO z]", "\\", "//", "🦀🎁", "👩‍👩‍👧‍👦", "\u202eabc\u202d", "שלום עולם", "مرحبا", "\ufeff", "\ud7ff",
    "é" * 150, "a " * 90, "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd", "\r\nSet-Cookie: a=b", "-1",
    "9" * 190, "17" + '"' * 150, "ﷺ" * 50, "𒐫" * 60,
]  # fmt: skip


async def test_hostile_queries_are_answered_or_refused(site: Site) -> None:
    shop = await site.town.shop()
    await shop.product()
    await site.town.feed()
    browser = Browser(site)
    for text in HOSTILE:
        q = quote(text, safe="")
        for path in (f"/search?q={q}", f"/search/suggestions?q={q}", f"/search?q=phone&order={q}",
                     f"/search?q=phone&cursor={q}", f"/search?q=phone&category={q}", f"/search?q=phone&brand={q}",
                     f"/search?q=phone&choice={q}", f"/search?q=phone&min={q}",
                     f"/search?q=phone&from={q}&service={q}&storefront={q}", f"/p/{1}?sq={q}&at={q}"):  # fmt: skip
            answer = await browser.fetch(path)
            assert answer.status_code < 500, (path[:80], answer.status_code)
            assert "<script>alert" not in answer.text
        for path in (f"/search?q={q}", f"/search/suggestions?q={q}", f"/search?choice={q}&ships_from={q}&cursor={q}"):
            api = await site.call("GET", path)
            assert api.status_code < 500, (path[:80], api.status_code)
    assert (await site.call("GET", f"/search?{urlencode({'q': 'x' * 201})}")).status_code == 422


async def test_results_with_facets_in_both_languages(site: Site) -> None:
    town = site.town
    shop = await town.shop()
    dear = await shop.product(50_000, title="Pine shelf", zh="松木书架")
    for number in range(25):
        price = (1_000 if number < 15 else 30_000) + number
        await shop.product(price, title=f"Pine shelf {number}", zh=f"松木书架 {number}")
    await town.feed()
    browser = Browser(site)
    page = await browser.get("/search?q=pine+shelf")
    assert "26 products" in page
    assert page.count('class="goods"') == 20
    more = re.search(r'href="(/search\?[^"]*cursor=[^"]*)"', page)
    assert more
    second = await browser.get(more[1].replace("&amp;", "&"))
    assert second.count('class="goods"') == 6
    assert not set(re.findall(r'href="/p/(\d+)', page)) & set(re.findall(r'href="/p/(\d+)', second))
    chinese = await browser.get(f"/search?q={quote('书架')}", language="zh")
    assert "26 件商品" in chinese
    assert "综合" in chinese
    narrowed = await browser.get("/search?q=pine+shelf&min=400")
    assert re.findall(r'class="goods" href="/p/(\d+)', narrowed) == [str(dear.product_id)]
    band = re.search(r'<a class="facet" href="(/search\?[^"]*min=[^"]*)"', page)
    assert band
    await browser.get(band[1].replace("&amp;", "&"))
    listed = await browser.get(f"/c/{town.category_id}")
    assert f"/search?category={town.category_id}" in listed
    assert "Pine shelf" in await browser.get(f"/search?category={town.category_id}&order=price_down")


async def test_nothing_found_and_nothing_asked_lead_on(site: Site) -> None:
    await (await site.town.shop()).product()
    await site.town.feed()
    browser = Browser(site)
    assert "Nothing found" in await browser.get("/search?q=zzzzqq")
    assert "没有找到" in await browser.get("/search?q=zzzzqq", language="zh")
    assert "Type what you are looking for" in await browser.get("/search")
    assert "There are no searchable words" in await browser.get("/search?q=%21%21%21")
    wrong = await browser.get("/search?q=phnoe")
    assert "Showing" in wrong


async def test_before_there_is_an_index_and_without_an_engine_it_is_said(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(site)
    assert "being set up" in await browser.get("/search?q=phone", 409)
    await (await site.town.shop()).product()
    await site.town.feed()
    assert 'class="goods"' in await browser.get("/search?q=phone")

    async def away(*_: object) -> None:
        raise EngineDown("away")

    monkeypatch.setattr(site.town.adapters.engine, "find", away)
    assert "browse the categories" in await browser.get("/search?q=phone", 503)
    assert (await site.call("GET", "/search?q=phone", status=503)).json()["code"] == "surface.engine_down"


async def test_from_a_search_to_an_order_by_forms(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product()
    await town.feed()
    browser = Browser(site)
    await browser.log_in(shopper.actor.id)
    page = await browser.get("/search?q=phone")
    link = re.search(r'class="goods" href="(/p/\d+\?sq=(\d+)&amp;at=1)"', page)
    assert link
    product = await browser.get(link[1].replace("&amp;", "&"))
    fields = dict(re.findall(r'<input type="hidden" name="(sq|at)" value="(\d+)"', product))
    assert fields == {"sq": link[2], "at": "1"}
    form = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": "1"} | fields
    await browser.post("/cart/add", form)
    await shopper.pay(await shopper.place())
    await town.deliver()
    await notes_of(town.db).write(town.db)
    staff = await token_of(site, await operator_of(town))
    events = (await site.call("GET", "/operator/search/notes/events", staff, status=200)).json()["items"]
    assert [(each["action_name"], each["query_id"]) for each in events] == [
        ("click", link[2]), ("add_to_cart", link[2]), ("purchase", link[2])
    ]  # fmt: skip
    (query,) = (await site.call("GET", "/operator/search/notes/queries", staff, status=200)).json()["items"]
    assert query["query_response_hit_ids"] == [str(goods.product_id)]
    assert str(shopper.actor.id) not in str(events) + str(query)


async def test_history_and_suggestions_are_ones_own(site: Site) -> None:
    town = site.town
    shopper, stranger = await town.shopper(), await town.shopper()
    await (await town.shop()).product(title="Garden gnome", zh="花园侏儒")
    await town.feed()
    mine, others = Browser(site), Browser(site)
    await mine.log_in(shopper.actor.id)
    await others.log_in(stranger.actor.id)
    await mine.get("/search?q=secret+gnome")
    assert "secret gnome" in await mine.get("/search")
    for path in ("/search", "/search/suggestions?q=se", "/search/suggestions?q="):
        assert "secret gnome" not in await others.get(path)
        assert "secret gnome" not in await Browser(site).get(path)
    assert "secret gnome" in await mine.get("/search/suggestions?q=se")
    assert "Garden gnome" in await others.get("/search/suggestions?q=gar")
    assert "花园侏儒" in await others.get("/search/suggestions?q=huayuan")
    token = await token_of(site, shopper.actor.id)
    assert (await site.call("GET", "/search/history", token, status=200)).json() == ["secret gnome"]
    assert (await site.call("GET", "/search/history", await token_of(site, stranger.actor.id), status=200)).json() == []
    assert (await site.call("GET", "/search/history", status=200)).json() == []
    await others.post("/search/history/erase", {"shown": "secret gnome"})
    assert "secret gnome" in await mine.get("/search")
    await mine.post("/search/history/erase", {"shown": "secret gnome"})
    assert "secret gnome" not in await mine.get("/search")
    await mine.get("/search?q=gnome")
    await site.call("DELETE", "/search/history", token, status=204)
    assert (await site.call("GET", "/search/history", token, status=200)).json() == []


async def test_the_api_searches_narrows_and_takes_events(site: Site) -> None:
    town = site.town
    shop = await town.shop()
    goods = [await shop.product(1_000 * number, title=f"Felt hat {number}") for number in range(1, 5)]
    await town.feed()
    answer = (await site.call("GET", "/search?q=felt+hat&limit=2&order=price_up", status=200)).json()
    assert [each["product"]["id"] for each in answer["items"]] == [str(each.product_id) for each in goods[:2]]
    assert (answer["total"], answer["is_estimated"], answer["corrected"], answer["left_out"]) == (4, False, {}, [])
    assert {each["kind"] for each in answer["facets"]} <= {
        "store",
        "category",
        "brand",
        "choice",
        "price",
        "ships_from",
        "service",
    }
    path = f"/search?q=felt+hat&limit=2&order=price_up&cursor={answer['next_cursor']}"
    rest = (await site.call("GET", path, status=200)).json()
    assert [each["product"]["id"] for each in rest["items"]] == [str(each.product_id) for each in goods[2:]]
    assert (rest["facets"], rest["next_cursor"]) == ([], "")
    dear = (await site.call("GET", "/search?q=hat&price_from=3000&storefront=market", status=200)).json()
    assert dear["total"] == 2
    assert (await site.call("GET", "/search?q=hat&storefront=mall", status=200)).json()["total"] == 0
    await site.call("GET", "/search?q=hat&storefront=nowhere", status=404)
    await site.call("GET", "/search?q=hat&price_from=5&price_to=4", status=422)
    event = {"query_id": answer["query_id"], "product_id": answer["items"][0]["product"]["id"], "place": 1}
    await site.call("POST", "/search/events", body=event, status=204)
    await site.call("POST", "/search/events", body=event | {"action": "purchase"}, status=400)
    await site.call("POST", "/search/events", body=event | {"query_id": "x"}, status=404)
    assert (await site.call("GET", "/search/suggestions?q=fel", status=200)).json()[0]["text"].startswith("Felt hat")


async def test_the_search_desk_is_the_platform_centres(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product()
    await town.feed()
    staff = await operator_of(town)
    penalty = {"subject": "product", "subject_id": str(goods.product_id), "reason": "false sales", "is_shield": True}
    calls = [
        ("GET", "/operator/search/explanation?q=phone", None), ("GET", "/operator/search/indexes", None),
        ("POST", "/operator/search/rebuild", None), ("GET", "/operator/search/penalties", None),
        ("POST", "/operator/search/penalties", penalty), ("DELETE", "/operator/search/penalties/4096", None),
        ("GET", "/operator/search/notes/queries", None), ("GET", "/operator/search/notes/events", None),
    ]  # fmt: skip
    for actor_id, status in ((0, 401), (shopper.actor.id, 403), (shop.owner.id, 403)):
        token = await token_of(site, actor_id) if actor_id else ""
        browser = Browser(site)
        if actor_id:
            await browser.log_in(actor_id)
        for method, path, body in calls:
            await site.call(method, path, token, body, status=status)
        await browser.get("/console/search", 303 if actor_id == 0 else 403)
        for path in ("rebuild", "penalties", "penalties/4096/lift"):
            form = {"subject": "product", "subject_id": str(goods.product_id), "reason": "false sales"}
            await browser.post(f"/console/search/{path}", form, 403 if actor_id else 401)
    token = await token_of(site, staff)
    made = (await site.call("POST", "/operator/search/penalties", token, penalty, status=201)).json()["id"]
    (kept,) = (await site.call("GET", "/operator/search/penalties", token, status=200)).json()
    assert (kept["id"], kept["factor"], kept["set_by"], kept["ends_at"]) == (made, 0, str(staff), None)
    town.move_clock(seconds=3)
    assert (await site.call("GET", "/search?q=phone", status=200)).json()["total"] == 0
    await site.call("DELETE", f"/operator/search/penalties/{made}", token, status=204)
    await site.call("DELETE", f"/operator/search/penalties/{made}", token, status=404)
    (explained,) = (await site.call("GET", "/operator/search/explanation?q=phone", token, status=200)).json()
    assert explained["score"].keys() >= {"relevance", "conversion", "sales", "experience", "penalty", "total"}


async def test_the_search_desk_by_forms(site: Site) -> None:
    town = site.town
    goods = await (await town.shop()).product()
    await town.feed()
    browser = Browser(site)
    await browser.log_in(await operator_of(town))
    page = await browser.get("/console/search?q=phone")
    assert "A phone" in page
    assert "In use" in page
    assert "排序原因" in await browser.get("/console/search?q=手机", language="zh")
    form = {"subject": "product", "subject_id": str(goods.product_id), "kind": "down", "reason": "false sales"}
    refused = await browser.post("/console/search/penalties", form | {"reason": ""}, 409)
    assert str(goods.product_id) in refused.text
    await browser.post("/console/search/penalties", form | {"subject_id": "x"}, 409)
    await browser.post("/console/search/penalties", form)
    page = await browser.get("/console/search?q=phone")
    assert "keeps 10%" in page
    lift = re.search(r'action="(/console/search/penalties/\d+/lift)"', page)
    assert lift
    await browser.post(lift[1])
    await browser.post(lift[1])
    assert "expired" in await browser.get("/console/search")
    await browser.post("/console/search/rebuild")
    assert "Building" in await browser.get("/console/search")
