"""The first sale, without a surface: shops of two brands, one purchase, one payment, settled to the cent."""

from datetime import timedelta

import pytest

from datong.commerce import cart, catalog, inventory, order, payment, qualification
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import NotFound
from tests.make import MALL, Goods, Shop, Shopper, Town


async def mall_shop(town: Town) -> tuple[Shop, Goods]:
    """A flagship authorised for its brand, with one product at 100 yuan and 6 yuan of freight."""
    shop = await town.shop(MALL, "flagship")
    brands = await catalog.ensure_brands(town.db, ["Auric"])
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await qualification.authorise_brand(tx, SYSTEM, shop.id, brands["auric"].brand_id, "R")
    return shop, await shop.product(10_000, freight=await shop.freight(600), brand="Auric")


async def place_over_both(town: Town) -> tuple[Shopper, Shop, Shop, dict[int, int], int]:
    """One purchase over an open-market and a mall shop; answers the order ids by shop."""
    market, (mall, phone) = await town.shop(), await mall_shop(town)
    shopper = await town.shopper()
    await shopper.fill(await market.product(3_333), 3)
    await shopper.fill(phone)
    purchase_id = await shopper.place()
    by_shop = {each.shop_id: each.order_id for each in await shopper.orders(purchase_id)}
    return shopper, market, mall, by_shop, purchase_id


async def test_commission_is_five_percent_of_goods_on_the_mall_and_none_on_the_market(town: Town) -> None:
    shopper, market, mall, by_shop, purchase_id = await place_over_both(town)
    await town.check_books()
    await shopper.pay(purchase_id)
    await town.check_books()
    for shop in (market, mall):
        await shop.ship(by_shop[shop.id])
    await town.check_books()
    for shop in (market, mall):
        await shopper.confirm(by_shop[shop.id])
    await town.check_books()
    assert await market.balance() == 9_999
    assert await mall.balance() == 10_000 + 600 - 500


async def test_cancelling_one_order_leaves_the_other_and_gives_the_money_back(town: Town) -> None:
    shopper, market, mall, by_shop, purchase_id = await place_over_both(town)
    await shopper.pay(purchase_id)
    async with town.db.begin(shopper.actor.bucket) as tx:
        await order.cancel_paid_order(tx, shopper.actor, by_shop[market.id], "not_wanted")
    await town.check_books()
    await town.settle_down()
    await town.check_books()
    async with town.db.read() as tx:
        (refund,) = await payment.list_refunds(tx, by_shop[market.id])
    assert (refund.state, refund.amount) == ("SUCCEEDED", 9_999)
    assert (await shopper.order(by_shop[market.id])).state == "TRADE_CLOSED"
    assert (await shopper.order(by_shop[mall.id])).state == "WAIT_SELLER_SEND_GOODS"


async def test_a_shipped_order_is_confirmed_by_the_clock_after_ten_days_and_not_before(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(5_000))
    town.move_clock(days=1, hours=23)
    assert await order.run_due_orders(town.db) == 0, "what is not shipped is not confirmed"
    await shop.ship(order_id)
    town.move_clock(days=9, hours=23, minutes=59)
    assert await order.run_due_orders(town.db) == 0
    town.move_clock(minutes=2)
    assert await order.run_due_orders(town.db) == 1
    await town.check_books()
    assert (await shopper.order(order_id)).end_reason == "auto_confirmed"
    assert await shop.balance() == 5_000


async def test_an_unpaid_order_closes_after_a_day_and_its_stock_is_free(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000, stock=1)
    await shopper.fill(goods)
    purchase_id = await shopper.place()
    await town.check_books()
    town.move_clock(hours=24, seconds=1)
    await town.settle_down()
    (closed,) = await shopper.orders(purchase_id)
    assert (closed.state, closed.end_reason) == ("TRADE_CLOSED_UNPAID", "timeout")
    await town.check_books()
    await shopper.fill(goods)
    await shopper.place()


async def test_two_parcels_and_partly_shipped(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    for goods in (await shop.product(100), await shop.product(200)):
        await shopper.fill(goods)
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    order_id = (await shopper.orders(purchase_id))[0].order_id
    async with town.db.read() as tx:
        lines = (await order.get_order(tx, shopper.actor, order_id)).lines
    first = await shop.ship(order_id, "one", [lines[0].line_id])
    assert (await shopper.order(order_id)).state == "SELLER_CONSIGNED_PART"
    assert await shop.ship(order_id, "one", [lines[0].line_id]) == first
    with pytest.raises(order.NothingToShip):
        await shop.ship(order_id, "two", [lines[0].line_id])
    with pytest.raises(order.WrongOrderState):
        await shopper.confirm(order_id)
    await shop.ship(order_id, "three")
    assert (await shopper.order(order_id)).state == "WAIT_BUYER_CONFIRM_GOODS"
    await town.check_books()


async def test_closing_too_fast_and_with_a_reason_of_ones_own_is_refused(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shopper.fill(await shop.product())
    (placed,) = await shopper.orders(await shopper.place())
    async with town.db.begin(shopper.actor.bucket) as tx:
        with pytest.raises(order.CloseTooFast):
            await order.close_order(tx, shopper.actor, placed.order_id, "not_wanted")
    town.move_clock(seconds=11)
    async with town.db.begin(shopper.actor.bucket) as tx:
        await order.close_order(tx, shopper.actor, placed.order_id, "not_wanted")
    await town.check_books()


async def test_the_confirm_clock_is_extended_by_both_sides_as_the_rules_say(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product())
    await shop.ship(order_id)
    first = (await shopper.order(order_id)).due_at
    async with town.db.begin(shopper.actor.bucket) as tx:
        with pytest.raises(order.CannotExtend):
            await order.extend_by_buyer(tx, shopper.actor, order_id)
        await order.extend_by_seller(tx, shop.owner, order_id, 3)
        await order.extend_by_seller(tx, shop.owner, order_id, 10)
    town.move_clock(days=21)
    async with town.db.begin(shopper.actor.bucket) as tx:
        await order.extend_by_buyer(tx, shopper.actor, order_id)
        with pytest.raises(order.CannotExtend):
            await order.extend_by_buyer(tx, shopper.actor, order_id)
    last = (await shopper.order(order_id)).due_at
    assert first is not None
    assert last == first + timedelta(days=16)


async def test_an_edit_never_alters_what_an_order_shows(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    order_id = await shopper.buy(goods)
    await catalog.set_list_prices(town.db, shop.owner, shop.id, goods.product_id, {"": 9_900})
    async with town.db.read() as tx:
        view = await order.get_order(tx, shopper.actor, order_id)
        kept = await catalog.get_snapshots(tx, [(goods.product_id, view.lines[0].product_version)])
        now = await catalog.get_product(tx, goods.product_id)
    assert (view.lines[0].unit_price, now.product.price_min, now.product.version) == (5_000, 9_900, 2)
    (snapshot,) = kept.values()
    assert snapshot.body["draft"]["skus"][0]["price"] == 5_000  # type: ignore[index]


async def test_a_moved_price_a_short_stock_and_an_empty_cart_are_refused_and_lose_nothing(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000, stock=2)
    with pytest.raises(order.CartEmpty):
        await shopper.place()
    await shopper.fill(goods, 2)
    with pytest.raises(order.PriceMoved):
        await order.place_purchase(town.db, shopper.actor, shopper.address_id, Money(1, "CNY"), "k")
    other = await town.shopper()
    await other.fill(goods, 1)
    await other.place()
    with pytest.raises(inventory.StockShort):
        await shopper.place("same key")
    await town.check_books()
    async with town.db.begin(shopper.actor.bucket) as tx:
        await cart.change_line(tx, shopper.actor, goods.sku_id, quantity=1)
    assert await shopper.place("same key"), "a refused attempt leaves its key free"
    await town.check_books()


async def test_a_stranger_sees_no_order_of_another(town: Town) -> None:
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shopper()
    other_shop = await town.shop()
    order_id = await shopper.buy(await shop.product())
    async with town.db.read() as tx:
        for nobody in (stranger.actor, other_shop.owner):
            with pytest.raises(NotFound):
                await order.get_order(tx, nobody, order_id)
