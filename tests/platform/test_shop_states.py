"""Whoever shows goods follows the state of their shop: search, categories, the shop's own list, quotes."""

import asyncio

import pytest

from datong.commerce import catalog, merchant, pricing, voucher
from datong.commerce.catalog import ProductDraft, SkuDraft
from datong.commerce.pricing import LineRequest
from datong.commerce.voucher.claim_voucher import NotClaimable
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.platform.search import Chosen, find_products, read_query
from datong.runtime.bootstrap import MARKET
from datong.wiring import find_house
from tests.make import Goods, Shop, Town


async def shown_by(town: Town, shop: Shop, goods: Goods) -> set[str]:
    """Who shows a product."""
    await town.feed()
    found = await find_products(town.db, town.adapters.engine, read_query("brass lantern"), Chosen(), "relevance")
    async with town.db.read() as tx:
        category = await catalog.list_cards(tx, [MARKET_ID], town.category_id)
        newest = await catalog.list_cards(tx, [MARKET_ID], order="newest")
        own = await catalog.list_shop_cards(tx, shop.id)
        quoted = await pricing.quote(tx, [LineRequest(goods.product_id, goods.sku_id, 1)], "31")
    shown = {
        "search": [each.listing.product_id for each in found.ranked],
        "category": [each.product_id for each in category.items],
        "newest": [each.product_id for each in newest.items],
        "shop": [each.product_id for each in own.items],
        "quote": [line.product_id for each in quoted.shops for line in each.lines],
    }
    return {name for name, products in shown.items() if goods.product_id in products}


MARKET_ID = 1
EVERYWHERE = {"search", "category", "newest", "shop", "quote"}


async def restrict(town: Town, shop: Shop, *, is_restricted: bool) -> None:
    await town.db.run(merchant.restrict_shop, SYSTEM, shop.id, is_restricted=is_restricted, reason="complaints")


async def test_a_restricted_shop_is_shown_nowhere_until_it_is_let_back(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    goods, others = await shop.product(title="Brass lantern"), await other.product(title="Brass lantern")
    assert await shown_by(town, shop, goods) == EVERYWHERE
    await restrict(town, shop, is_restricted=True)
    assert await shown_by(town, shop, goods) == set()
    assert await shown_by(town, other, others) == EVERYWHERE
    late = await shop.product(title="Brass lantern")
    assert await shown_by(town, shop, late) == set()
    async with town.db.read() as tx:
        assert (await catalog.get_product(tx, goods.product_id)).product.is_on_sale
        own = await catalog.list_shop_cards(tx, shop.id, is_open_only=False)
    assert [each.product_id for each in own.items] == [late.product_id, goods.product_id]
    await restrict(town, shop, is_restricted=False)
    assert await shown_by(town, shop, goods) == await shown_by(town, shop, late) == EVERYWHERE


async def test_a_restricted_shop_gives_no_coupons(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    template_id = await shop.coupon(100, 1_000)
    await restrict(town, shop, is_restricted=True)
    async with town.db.read() as tx:
        assert await voucher.list_claimable(tx, [shop.id]) == []
    with pytest.raises(NotClaimable):
        await shopper.claim(template_id)
    await restrict(town, shop, is_restricted=False)
    async with town.db.read() as tx:
        assert [each.template_id for each in await voucher.list_claimable(tx, [shop.id])] == [template_id]
    await shopper.claim(template_id)


async def test_what_is_taken_off_sale_meanwhile_does_not_come_back_with_its_shop(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(title="Brass lantern")
    await restrict(town, shop, is_restricted=True)
    await town.deliver()
    await catalog.set_on_sale(town.db, shop.owner, shop.id, goods.product_id, is_on_sale=False)
    await restrict(town, shop, is_restricted=False)
    assert await shown_by(town, shop, goods) == set()


async def test_goods_prepared_before_the_opening_are_shown_from_it_on(town: Town) -> None:
    await town.shop()
    owner = Actor((await town.shopper()).actor.id, "member")
    shop_id = await merchant.apply_for_shop(
        town.db, owner,
        merchant.ShopApplication(
            MARKET, "personal", {"en": "Lantern house"}, "lantern-house", "Lanterns", "ID-LANTERN", "31",
            town.category_id,
        ),
    )  # fmt: skip
    shop = Shop(town, shop_id, Actor(owner.id, "member", {shop_id: find_house().rights_of("owner")}))
    goods = await shop.product(title="Brass lantern")
    assert await shown_by(town, shop, goods) == set()
    async with town.db.begin(bucket_of(shop_id)) as tx:
        await merchant.decide_application(tx, SYSTEM, shop_id, is_approved=True)
        view = await merchant.get_shop_view(tx, SYSTEM, shop_id)
        await merchant.record_dues_paid(tx, shop_id, view.deposit_due, view.fee_due)
    assert await shown_by(town, shop, goods) == EVERYWHERE


@pytest.mark.parametrize("turn", range(4))
async def test_publishing_and_restricting_at_once_leave_nothing_on_a_shelf(town: Town, turn: int) -> None:
    shop = await town.shop()
    drafts = [
        ProductDraft(f"P{turn}-{number}", town.category_id, {"en": "A brass lantern"}, [SkuDraft(100)])
        for number in range(8)
    ]
    await asyncio.gather(
        *(catalog.publish_product(town.db, shop.owner, shop.id, each) for each in drafts[:4]),
        restrict(town, shop, is_restricted=True),
        *(catalog.publish_product(town.db, shop.owner, shop.id, each) for each in drafts[4:]),
        town.deliver(),
    )
    await town.deliver()
    async with town.db.read() as tx:
        cards = (await catalog.list_cards(tx, [MARKET_ID], town.category_id)).items
    assert [each for each in cards if each.shop_id == shop.id] == []


async def test_a_shop_stays_in_its_state_while_something_is_published(town: Town) -> None:
    shop = await town.shop()
    async with town.db.begin(bucket_of(shop.id)) as tx:
        assert (await merchant.hold_shop(tx, shop.id)).is_open
        restricting = asyncio.create_task(restrict(town, shop, is_restricted=True))
        _, waiting = await asyncio.wait({restricting}, timeout=0.2)
        assert waiting
    await restricting
    async with town.db.read() as tx:
        assert not (await merchant.get_shop(tx, shop.id)).is_open
