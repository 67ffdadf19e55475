"""The promotion engine through its door: stacking, apportioning, undoing (domain.md §5)."""

import pytest

from datong.commerce import pricing, rulebook
from datong.commerce.pricing import Buyer, LineRequest
from datong.commerce.voucher import Share, Tier
from datong.kernel.actor import SYSTEM
from tests.make import Goods, Shopper, Town

PLATFORM = [Share("platform", 10_000)]


@pytest.fixture
async def last_takes_the_rest(town: Town) -> None:
    """The vectors of the field give the last line what is left; the default gives it to the largest remainder."""
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, pricing.REMAINDER.name, "last")


async def pay_for(town: Town, shopper: Shopper, *goods: Goods, region: str = "31") -> tuple[list[int], int]:
    """What each line costs, in this order, and the whole purchase."""
    async with town.db.read() as tx:
        wanted = [LineRequest(each.product_id, each.sku_id, 1) for each in goods]
        found = await pricing.quote(tx, wanted, region, Buyer(shopper.actor.id))
    by_sku = {line.sku_id: line.payable for shop in found.shops for line in shop.lines}
    return [by_sku[each.sku_id] for each in goods], found.total.amount


@pytest.mark.usefixtures("last_takes_the_rest")
async def test_an_order_discount_is_shared_by_price_and_the_last_line_takes_the_rest(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = [await shop.product(7_900), await shop.product(11_900)]
    await shop.promote("shop", Tier("minus", 500, 500))
    assert await pay_for(town, shopper, *goods) == ([7_900 - 199, 11_900 - 301], 19_300)


async def test_a_cross_store_discount_is_borne_by_share(town: Town) -> None:
    one, other, shopper = await town.shop(), await town.shop(), await town.shopper()
    goods = [await one.product(8_000), await other.product(32_000)]
    await town.promote("cross", Tier("minus", 5_000, 40_000), is_repeated=True)
    assert await pay_for(town, shopper, *goods) == ([7_000, 28_000], 35_000)


@pytest.mark.usefixtures("last_takes_the_rest")
async def test_thresholds_are_parallel_and_deductions_sequential(town: Town) -> None:
    """199-20, 10 over 150, 300-50 and an envelope of 5 all work, though 270 are left before the third: 221.00."""
    one, other, shopper = await town.shop(), await town.shop(), await town.shopper()
    freight = await other.freight(600)
    goods = [await one.product(20_000), await other.product(10_000, freight=freight)]
    await one.promote("shop", Tier("minus", 2_000, 19_900))
    await shopper.claim(await one.coupon(1_000, 15_000))
    await town.promote("cross", Tier("minus", 5_000, 30_000), is_repeated=True)
    await town.promote("envelope", Tier("minus", 500), funders=PLATFORM)
    assert await pay_for(town, shopper, *goods) == ([13_357, 8_143], 22_100)


async def test_freight_and_what_others_took_reach_no_threshold(town: Town) -> None:
    """Neither do 6.00 of freight make 299.00 a 300, nor does a coupon make 300.00 less than one."""
    shop, shopper = await town.shop(), await town.shopper()
    freight = await shop.freight(600)
    await town.promote("cross", Tier("minus", 5_000, 30_000), is_repeated=True)
    below, enough = await shop.product(29_900, freight=freight), await shop.product(30_000, freight=freight)
    assert await pay_for(town, shopper, below) == ([29_900], 30_500)
    await shopper.claim(await shop.coupon(1_000, 10_000))
    assert await pay_for(town, shopper, enough) == ([24_000], 24_600)
