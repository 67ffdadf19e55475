"""Searching: what is found and why, facets and filters, pages, penalties; a brand is no factor."""

import pytest

from datong.adapters.engine.opensearch import OpenSearchEngine
from datong.commerce import catalog, rulebook
from datong.commerce.storefront import get_storefronts
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from datong.platform import search
from datong.platform.search import Chosen, Feeder, Order, Results, find_products, read_query
from datong.platform.search.search_products import INDEXES
from datong.runtime.bootstrap import MALL_ID
from tests.adapters.service import Service
from tests.make import MALL, MARKET, Goods, Shop, Town

MEANT = {
    "Linen summer dress": ["连衣裙", "lianyiqun", "lianyiqu", "裙子", "dresses", "summr dress"],
    "Studio headphones": ["耳机", "蓝牙耳机 黑色", "headfone", "earphones", "studioheadphones"],
    "Smartphone Aurora 5": ["手机", "zhinengshouji", "苹果手机"],
    "Thin laptop 14": ["笔记本电脑", "notebook", "labtop"],
    "Espresso machine": ["咖啡机", "kafeiji", "coffee maker"],
    "55-inch television": ["55 inch tv", '55" television', "55寸电视"],
    "Rice cooker": ["电饭锅"],
    "Rice, 5 kg": ["大米5kg", "rice 5 kg"],
}
"""What is sold, and what people type who want it."""
PLATFORM = Actor(5, "member", {}, frozenset({"search:edit"}))


async def find(town: Town, text: str = "", chosen: Chosen = Chosen(), order: Order = "relevance") -> Results:  # noqa: B008 - a frozen struct: nothing chosen
    """All results on one page."""
    return await find_products(town.db, town.adapters.engine, read_query(text), chosen, order, limit=100)


def ids(found: Results) -> list[int]:
    """Products in their places."""
    return [each.listing.product_id for each in found.ranked]


def facet(found: Results, kind: str) -> dict[str, int]:
    """A facet's counts by name or code."""
    for each in found.facets:
        if each.kind == kind:
            return {option.names.get("en", option.code): option.count for option in each.options}
    return {}


async def open_mall(town: Town) -> Shop:
    """A shop of the mall that may sell any brand."""
    name = catalog.NEEDS_AUTHORISATION.name
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, name, False, scope_kind="storefront", scope_id=MALL_ID)
    return await town.shop(MALL, "mall")


@pytest.fixture
async def shop(town: Town) -> Shop:
    """A small shop with some goods."""
    made = await town.shop()
    for title, zh, price in (
        ("Linen summer dress", "亚麻夏日连衣裙", 26_900), ("Studio headphones", "监听耳机", 79_900),
        ("Smartphone Aurora 5", "极光5 智能手机", 299_900), ("Thin laptop 14", "轻薄笔记本14", 549_900),
        ("Espresso machine", "意式咖啡机", 129_900), ("55-inch television", "55英寸电视", 279_900),
        ("Rice cooker", "电饭煲", 29_900), ("Rice, 5 kg", "五常大米 5千克", 6_900),
    ):  # fmt: skip
        await made.product(price, title=title, zh=zh)
    await town.feed()
    return made


async def test_what_people_type_finds_what_they_mean(town: Town, shop: Shop) -> None:
    wrong: list[tuple[str, str]] = []
    for title, texts in MEANT.items():
        for asked in texts:
            first = ids(await find(town, asked))[:1]
            async with town.db.read() as tx:
                cards = await catalog.get_cards(tx, first)
            if [card.titles["en"] for card in cards] != [title]:
                wrong.append((asked, cards[0].titles["en"] if cards else ""))
    assert wrong == []


async def test_both_engines_answer_the_same(town: Town, shop: Shop) -> None:
    asks = [
        "连衣裙",
        "lianyiqun",
        "headfone",
        "earphones",
        "55 inch tv",
        "蓝牙耳机 黑色",
        "rice",
        "",
        '"rice cooker"',
        "no such",
    ]
    before = [await find(town, each) for each in asks]
    service = OpenSearchEngine("http://service.test:9200", Service().client())
    async with town.db.begin() as tx:
        await search.rebuild(tx, SYSTEM)
    await Feeder(town.db, service, "test").feed_all()
    INDEXES.forget()
    for asked, old in zip(asks, before, strict=True):
        new = await find_products(town.db, service, read_query(asked), Chosen(), limit=100)
        assert ids(new) == ids(old), asked
        assert new.facets == old.facets
        assert (new.plan.left_out, new.plan.meant) == (old.plan.left_out, old.plan.meant)


async def test_what_was_put_right_or_left_out_is_said(town: Town, shop: Shop) -> None:
    assert {word: each.shown for word, each in (await find(town, "labtop")).plan.meant.items()} == {"labtop": "laptop"}
    assert (await find(town, "苹果手机")).plan.left_out == ("苹果",)
    assert (await find(town, "55 inch tv")).plan.left_out == ()
    exact = (await find(town, "thin laptop 14")).plan
    assert (exact.left_out, dict(exact.meant)) == ((), {})
    assert (await find(town, "qqqqqqq zzzzzzz")).total == 0


async def test_facets_count_and_narrow(town: Town) -> None:
    small, mall = await town.shop(), await open_mall(town)
    for number in range(4):
        await small.product(1_000 + number, title=f"Tea cup {number}", skus=2)
    dear = await mall.product(90_000, title="Tea cup of silver", brand="")
    await town.feed()
    found = await find(town, "tea cup")
    assert facet(found, "store") == {"Jishi": 4, "Mingpin": 1}
    assert sum(facet(found, "price").values()) == 5
    async with town.db.read() as tx:
        stores = {each.code: each.storefront_id for each in (await get_storefronts(tx)).all}
    only = await find(town, "tea cup", Chosen(storefronts=(stores[MALL],)))
    assert ids(only) == [dear.product_id]
    assert facet(only, "store") == {"Jishi": 4, "Mingpin": 1}, "a facet does not narrow itself"
    assert ids(await find(town, "tea cup", Chosen(price_from=80_000))) == [dear.product_id]
    assert len(ids(await find(town, "tea cup", Chosen(price_from=1_001, price_to=1_002)))) == 2
    assert len(ids(await find(town, "", Chosen(category_id=town.category_id)))) == 5
    assert ids(await find(town, "tea cup", Chosen(ships_from=("44",)))) == []
    assert len(ids(await find(town, "tea cup", Chosen(services=("free_freight",))))) == 5


@pytest.mark.parametrize("order", ["relevance", "sales", "newest", "price_up", "price_down"])
async def test_pages_lose_and_double_nothing(town: Town, order: Order) -> None:
    shop = await town.shop()
    goods = [(await shop.product(1_000 + number % 3, title=f"Spoon {number}")).product_id for number in range(23)]
    await town.feed()
    seen: list[int] = []
    cursor = ""
    while True:
        page = await find_products(town.db, town.adapters.engine, read_query("spoon"), Chosen(), order, cursor, 5)
        seen += ids(page)
        cursor = page.next_cursor
        assert bool(page.facets) <= (len(seen) <= 5)
        if not cursor:
            break
    assert sorted(seen) == sorted(goods)
    if order == "newest":
        assert seen == sorted(goods, reverse=True)
    if order.startswith("price"):
        prices = [1_000 + goods.index(each) % 3 for each in seen]
        assert prices == sorted(prices, reverse=order == "price_down")


async def test_a_page_that_is_gone_meanwhile_goes_on(town: Town) -> None:
    shop = await town.shop()
    goods = [await shop.product(title=f"Fork {number}") for number in range(9)]
    await town.feed()
    first = await find_products(town.db, town.adapters.engine, read_query("fork"), Chosen(), limit=3)
    await catalog.set_on_sale(town.db, shop.owner, shop.id, ids(first)[-1], is_on_sale=False)
    await town.feed()
    second = await find_products(
        town.db, town.adapters.engine, read_query("fork"), Chosen(), "relevance", first.next_cursor, 9
    )
    assert len(set(ids(first)) | set(ids(second))) >= len(goods) - 1
    for bad in ("x", "[[]]", "bm90IGpzb24"):
        with pytest.raises(Invalid):
            await find_products(town.db, town.adapters.engine, read_query("fork"), Chosen(), "relevance", bad, 9)


async def test_swapping_the_brand_leaves_the_rank_unchanged(town: Town) -> None:
    places: list[list[int]] = []
    for kinds in ((MARKET, MALL), (MALL, MARKET)):
        goods: list[Goods] = []
        for number, store in enumerate(kinds):
            shop = await (open_mall(town) if store == MALL else town.shop())
            goods.append(
                await shop.product(1_000, title="Enamel mug" if number == 0 else "Enamel mug for the garden table")
            )
        await town.feed()
        found = ids(await find(town, "enamel mug"))
        places.append([found.index(each.product_id) for each in goods])
        for each in goods:
            async with town.db.begin() as tx:
                await search.hide_subject(tx, PLATFORM, "product", each.product_id, "next round")
    assert places[0] == places[1] == [0, 1]


async def test_a_shielded_shop_is_not_found_but_a_direct_link_works(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    hidden, shown = await shop.product(title="Brass bell"), await other.product(title="Brass bell too")
    await town.feed()
    async with town.db.begin() as tx:
        penalty = await search.hide_subject(tx, PLATFORM, "shop", shop.id, "cheats")
    found = await find(town, "brass bell")
    assert ids(found) == [shown.product_id]
    assert found.total == 1
    async with town.db.read() as tx:
        assert (await catalog.get_product(tx, hidden.product_id)).product.is_on_sale
        assert [each.reason for each in await search.list_penalties(tx, PLATFORM)] == ["cheats"]
    async with town.db.begin() as tx:
        await search.revoke_penalty(tx, PLATFORM, penalty)
    assert set(ids(await find(town, "brass bell"))) == {hidden.product_id, shown.product_id}
    with pytest.raises(NotFound):
        async with town.db.begin() as tx:
            await search.revoke_penalty(tx, PLATFORM, penalty)


async def test_what_is_ranked_down_recovers_on_day_31(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    better, worse = await shop.product(title="Oil lamp"), await other.product(title="Oil lamp in a box of wood, old")
    await town.feed()
    assert ids(await find(town, "oil lamp")) == [better.product_id, worse.product_id]
    async with town.db.begin() as tx:
        await search.rank_down(tx, PLATFORM, "product", better.product_id, "false sales")
    ranked = await find(town, "oil lamp")
    assert ids(ranked) == [worse.product_id, better.product_id]
    assert ranked.ranked[1].score.penalty == 0.1
    town.move_clock(days=30, seconds=-1)
    assert ids(await find(town, "oil lamp"))[0] == worse.product_id
    town.move_clock(seconds=2)
    assert ids(await find(town, "oil lamp"))[0] == better.product_id


async def test_penalties_need_the_right_a_subject_and_a_reason(town: Town) -> None:
    shop = await town.shop()
    for actor in (shop.owner, Actor(9, "member"), Actor(9, "member", {}, frozenset({"dispute:decide"}))):
        for action in (search.hide_subject, search.rank_down):
            with pytest.raises(NotAllowed):
                async with town.db.begin() as tx:
                    await action(tx, actor, "shop", shop.id, "because")
    for subject, subject_id, reason in (("member", 1, "x"), ("shop", shop.id, "  "), ("shop", shop.id, "x" * 300)):
        with pytest.raises(Invalid):
            async with town.db.begin() as tx:
                await search.hide_subject(tx, PLATFORM, subject, subject_id, reason)
    with pytest.raises(NotFound):
        async with town.db.begin() as tx:
            await search.hide_subject(tx, PLATFORM, "product", 4096, "there is none")


async def test_a_shops_experience_counts_and_sales_do(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    plain, sold = await shop.product(title="Tin whistle"), await other.product(title="Tin whistle")
    await town.feed()
    shopper = await town.shopper()
    order_id = await shopper.buy(sold, 5)
    await other.ship(order_id)
    await shopper.confirm(order_id)
    town.move_clock(days=1)
    await town.feed()
    ranked = (await find(town, "tin whistle")).ranked
    assert [each.listing.product_id for each in ranked] == [sold.product_id, plain.product_id]
    assert ranked[0].score.sales > 0 == ranked[1].score.sales
    assert ids(await find(town, "tin whistle", order="sales"))[0] == sold.product_id
