"""Orders, escrow, settlement, freight (domain.md §3)."""

from datong.commerce import cart
from datong.commerce.voucher import Tier
from tests.make import Shop, Shopper, Town


async def freight_of_cart(shopper: Shopper) -> int:
    """What the ticked lines cost to send."""
    async with shopper.town.db.read() as tx:
        return (await cart.get_cart(tx, shopper.actor, "31")).ticked.shops[0].freight


async def shop_with_free_freight(town: Town) -> tuple[Shop, int]:
    """A shop that sends for 6.00, and for nothing from 100.00 on."""
    shop = await town.shop()
    return shop, await shop.freight(600, 200, free_from=10_000)


async def test_a_coupon_takes_no_free_freight_away(town: Town) -> None:
    """Thresholds are parallel (§5): free freight is asked of item-level prices, not of what a coupon left."""
    (shop, template), shopper = await shop_with_free_freight(town), await town.shopper()
    await shopper.fill(await shop.product(10_000, freight=template))
    assert await freight_of_cart(shopper) == 0
    await shopper.claim(await shop.coupon(1_000, 10_000))
    assert (await shopper.total()).amount == 9_000
    assert await freight_of_cart(shopper) == 0


async def test_an_item_price_below_the_threshold_pays_freight(town: Town) -> None:
    (shop, template), shopper = await shop_with_free_freight(town), await town.shopper()
    await shopper.fill(await shop.product(10_000, freight=template))
    await shop.promote("item", Tier("minus", 1))
    assert await freight_of_cart(shopper) == 600
    assert (await shopper.total()).amount == 9_999 + 600


async def test_of_several_templates_the_highest_start_is_paid_once_and_every_increment(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shopper.fill(await shop.product(1_000, freight=await shop.freight(600, 200)), 3)
    await shopper.fill(await shop.product(1_000, freight=await shop.freight(900, 100)), 2)
    assert await freight_of_cart(shopper) == 900 + 2 * 200 + 100
