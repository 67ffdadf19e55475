"""Orders, escrow, settlement, freight (domain.md §3)."""

from datetime import timedelta

import pytest

from datong.commerce import cart, order, rulebook
from datong.commerce.voucher import Tier
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from tests.cases import run_clocks
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


@pytest.mark.parametrize(
    ("method", "days"), [("parcel", 10), ("surface", 30), ("overseas", 20), ("service", 3), ("digital", 1), ("none", 0)]
)
async def test_auto_confirm_is_counted_from_shipping_by_the_method(town: Town, method: str, days: int) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(method=method))
    town.move_clock(hours=7)
    sent_at = town.db.now()
    if method in {"parcel", "surface", "overseas"}:
        await shop.ship(order_id)
    elif method != "none":
        async with town.db.begin(bucket_of(order_id)) as tx:
            await order.hand_over(tx, shop.owner, order_id, method, {"content": "CODE", "text": "Done"}, "hand")
    else:
        sent_at -= timedelta(hours=7)
    due = (await shopper.order(order_id)).due_at
    assert due is not None
    assert abs(due - sent_at - timedelta(days=days)) < timedelta(minutes=1)


async def test_the_slowest_way_of_a_parcel_sets_its_clock(town: Town) -> None:
    """Surface and express goods of one order go in one parcel: the buyer has the longer time."""
    shop, shopper = await town.shop(), await town.shopper()
    await shopper.fill(await shop.product())
    await shopper.fill(await shop.product(method="surface"))
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    (placed,) = await shopper.orders(purchase_id)
    await shop.ship(placed.order_id)
    due = (await shopper.order(placed.order_id)).due_at
    assert due is not None
    assert timedelta(days=29) < due - town.db.now() <= timedelta(days=30)


async def unpaid_for(shopper: Shopper, purchase_id: int) -> timedelta:
    """How long from now until the purchase's only order closes unpaid."""
    (placed,) = await shopper.orders(purchase_id)
    assert placed.due_at is not None
    return placed.due_at - shopper.town.db.now()


async def test_unpaid_orders_close_by_storefront_category_and_activity(town: Town) -> None:
    """Normal 24 h; a category up to 3 d; 30 min for an official activity's price; the shortest of the lines."""
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product()
    await shopper.fill(goods)
    assert timedelta(hours=23) < await unpaid_for(shopper, await shopper.place()) <= timedelta(hours=24)
    async with town.db.begin() as tx:
        await rulebook.set_parameter(
            tx, SYSTEM, "order.unpaid_close_seconds", 259_200, scope_kind="category", scope_id=town.category_id
        )
    await shopper.fill(goods)
    assert timedelta(days=2) < await unpaid_for(shopper, await shopper.place()) <= timedelta(days=3)
    await town.promote("item", Tier("minus", 100), is_official=True)
    await shopper.fill(goods)
    purchase_id = await shopper.place()
    assert timedelta(minutes=29) < await unpaid_for(shopper, purchase_id) <= timedelta(minutes=30)
    town.move_clock(minutes=31)
    await run_clocks(town)
    assert (await shopper.orders(purchase_id))[0].state == "TRADE_CLOSED_UNPAID"
    await town.check_books()
