"""The first sale, without a surface: two shops of two brands, one purchase, one payment, settled."""

from tests.make import MALL, Town


async def test_one_checkout_over_both_brands_settles_to_the_cent(town: Town) -> None:
    market, mall = await town.shop(), await town.shop(MALL, "flagship")
    shopper = await town.shopper()
    await shopper.fill(await market.product(10_000, freight=await market.freight(600)), 2)
    await shopper.fill(await market.product(333))
    purchase_id = await shopper.place()
    await town.check_books()
    await shopper.pay(purchase_id)
    await town.check_books()
    orders = await shopper.orders(purchase_id)
    assert [each.state for each in orders] == ["WAIT_SELLER_SEND_GOODS"]
    assert orders[0].payable == 20_000 + 800 + 333
    await market.ship(orders[0].order_id)
    await shopper.confirm(orders[0].order_id)
    await town.settle_down()
    await town.check_books()
    assert await market.balance() in (0, 21_133)
    assert mall.id != market.id
