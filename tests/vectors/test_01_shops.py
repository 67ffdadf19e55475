"""One platform, two brands: what differs is data (domain.md §1)."""

from datong.commerce import merchant, payment
from datong.commerce.merchant import ShopApplication
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.platform.search import Chosen, find_products, read_query
from tests.commerce.test_first_sale import mall_shop
from tests.make import MALL, Town


async def test_a_specialty_shop_with_a_pending_mark_opens_with_150k_and_its_fee_alone(town: Town) -> None:
    founder = Actor((await town.shopper()).actor.id, "member")
    application = ShopApplication(
        MALL, "specialty", {"en": "Two brands"}, "two-brands", "Two brands Ltd", "ID-2B", "31", town.category_id,
        mark="TM",
    )  # fmt: skip
    shop_id = await merchant.apply_for_shop(town.db, founder, application)
    async with town.db.begin(bucket_of(shop_id)) as tx:
        await merchant.decide_application(tx, SYSTEM, shop_id, is_approved=True)
        entry = await merchant.get_shop_view(tx, SYSTEM, shop_id)
    assert entry.deposit_due == 15_000_000
    for deposit, fee, is_open in ((10_000_000, 0, False), (5_000_000, 0, entry.fee_due == 0), (0, entry.fee_due, True)):
        if deposit or fee:
            async with town.db.begin(bucket_of(shop_id)) as tx:
                await payment.receive_dues(tx, SYSTEM, shop_id, deposit, fee, f"{deposit} {fee}")
        async with town.db.read() as tx:
            assert (await merchant.get_shop(tx, shop_id)).is_open == is_open
    await town.check_books()


async def test_commission_is_of_goods_and_not_of_freight_on_the_mall_and_none_on_the_market(town: Town) -> None:
    """A 100 yuan order with 6 of freight: 5.00 on the mall, 0.00 on the market; one result page, one cart."""
    (mall, theirs), market, shopper = await mall_shop(town), await town.shop(), await town.shopper()
    ours = await market.product(10_000, freight=await market.freight(600))
    await town.feed()
    found = await find_products(town.db, town.adapters.engine, read_query("phone"), Chosen(), "relevance")
    assert {theirs.product_id, ours.product_id} <= {each.listing.product_id for each in found.ranked}
    for goods in (theirs, ours):
        await shopper.fill(goods)
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    by_shop = {each.shop_id: each.order_id for each in await shopper.orders(purchase_id)}
    for shop in (mall, market):
        await shop.ship(by_shop[shop.id])
        await shopper.confirm(by_shop[shop.id])
    await town.check_books()
    assert await mall.balance() == 10_600 - 500
    assert await market.balance() == 10_600
