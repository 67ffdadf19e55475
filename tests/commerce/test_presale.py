"""Presales: deposit now, balance later; what counts, what is forfeited, what comes back (domain.md §6)."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from datong.commerce import inventory, order, payment, pricing
from datong.commerce.order import deposits, presale_balance
from datong.commerce.pricing import Buyer
from datong.commerce.voucher import Share, Tier
from datong.kernel.money import Money
from datong.kernel.refusal import Refusal
from tests.make import Goods, Shop, Shopper, Town
from tests.races.test_races import outcome

DAY = timedelta(days=1)


async def balance(shopper: Shopper, *deposit_ids: int, chosen: frozenset[int] | None = None) -> int:
    """Place the balance of these deposits at what it costs."""
    town = shopper.town
    async with town.db.read() as tx:
        (found,) = await presale_balance.read_deposits(tx, [(shopper.actor, deposit_ids)])
        if isinstance(found, Refusal):
            raise found
        tools = [tool for each in found if (tool := order.discount_of(each))]
        buyer = Buyer(shopper.actor.id, chosen=chosen, tools=tools)
        priced = await pricing.quote(tx, [order.line_of(each) for each in found], "31", buyer)
    return await order.place_purchase(
        town.db,
        shopper.actor,
        shopper.address_id,
        priced.total,
        f"b{town.next()}",
        chosen=chosen,
        deposit_ids=deposit_ids,
    )


async def free(town: Town, goods: Goods) -> int:
    """How many of the goods can be bought."""
    await town.deliver()
    async with town.db.read() as tx:
        return (await inventory.free_of(tx, [goods.sku_id]))[goods.sku_id].free


async def finish(shop: Shop, shopper: Shopper, purchase_id: int) -> order.ShopOrder:
    """Pay, ship and confirm the one order of a purchase."""
    await shopper.pay(purchase_id)
    (placed,) = await shopper.orders(purchase_id)
    await shop.ship(placed.order_id)
    await shopper.confirm(placed.order_id)
    await shop.town.check_books()
    return await shopper.order(placed.order_id)


async def balance_of(shopper: Shopper, deposit_id: int) -> int:
    """Try to place a balance whatever it costs."""
    return await order.place_purchase(
        shopper.town.db, shopper.actor, shopper.address_id, Money(1, "CNY"), f"x{shopper.town.next()}",
        deposit_ids=[deposit_id],
    )  # fmt: skip


async def test_an_unpaid_deposit_closes_and_money_that_comes_later_goes_back(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000, stock=1)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000), goods, pays=False)
    assert await free(town, goods) == 0
    town.move_clock(minutes=29)
    await town.settle_down()
    assert (await shopper.deposit(deposit_id)).state == "WAIT_DEPOSIT"
    url = await order.pay_deposit(town.db, town.adapters.gateways, shopper.actor, deposit_id, "sandbox", "http://test")
    settled = await town.gateway.settle(url.rpartition("/")[2], "lost")
    assert settled
    town.move_clock(minutes=2)
    await deposits.run_due_deposits(town.db)
    event = await town.gateway.find_charge(settled.charge_id, settled.ref)
    assert event
    await payment.take_payment(town.db, event)
    await town.settle_down()
    assert (await shopper.deposit(deposit_id)).state == "CLOSED_UNPAID"
    assert await free(town, goods) == 1
    async with town.db.read() as tx:
        refunds = await payment.list_refunds(tx, deposit_id)
    assert [(each.amount, each.state) for each in refunds] == [(10_000, "SUCCEEDED")]
    await town.check_books()


async def test_what_a_deposit_was_paid_for_is_not_repriced(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000, stock=5)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000), goods)
    town.move_clock(days=3)
    (placed,) = await shopper.orders(await balance(shopper, deposit_id))
    with pytest.raises(order.WrongOrderState):
        await town.db.run(order.reprice_order, shop.owner, placed.order_id, 100, 0)


async def test_a_cancelled_balance_gives_all_back_and_a_closed_one_may_be_placed_again(town: Town) -> None:
    """Deposit 100 and minus 200 on 1000: at most 800 comes back."""
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000, stock=2)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000, minus=20_000), goods)
    town.move_clock(days=3)
    (placed,) = await shopper.orders(await balance(shopper, deposit_id))
    town.move_clock(minutes=1)
    await shopper.close(placed.order_id)
    assert (await shopper.deposit(deposit_id)).state == "DEPOSIT_PAID"
    assert await free(town, goods) == 1, "the deposit still holds its piece"
    await town.check_books()
    purchase_id = await balance(shopper, deposit_id)
    await shopper.pay(purchase_id)
    (placed,) = await shopper.orders(purchase_id)
    await town.check_books()
    await shopper.cancel(placed.order_id)
    await town.settle_down()
    async with town.db.read() as tx:
        refunds = await payment.list_refunds(tx, placed.order_id)
    assert sorted(each.amount for each in refunds) == [10_000, 70_000]
    assert await free(town, goods) == 2
    assert (await shopper.deposit(deposit_id)).state == "REFUNDED"
    await town.check_books()


async def test_everything_works_on_the_balance_and_nothing_on_the_deposit(town: Town) -> None:
    """Thresholds use the presale price; a cut never comes near the deposit; other goods go along."""
    shop, shopper = await town.shop(), await town.shopper()
    goods, other = await shop.product(100_000, stock=5), await shop.product(5_000)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000, minus=20_000), goods)
    await shop.promote("shop", Tier("minus", 3_000, 80_000))
    missed = await town.promote("cross", Tier("minus", 9_000, 90_000), funders=[Share("platform", 10_000)])
    await shopper.claim(await shop.coupon(1_000))
    town.move_clock(days=3)
    async with town.db.read() as tx:
        (found,) = await presale_balance.read_deposits(tx, [(shopper.actor, [deposit_id])])
        assert isinstance(found, list)
        lines = [pricing.LineRequest(other.product_id, other.sku_id, 1), order.line_of(found[0])]
        tool = order.discount_of(found[0])
        assert tool
        priced = await pricing.quote(tx, lines, "31", Buyer(shopper.actor.id, tools=[tool]))
    assert priced.total == Money(100_000 + 5_000 - 20_000 - 3_000 - 1_000, "CNY")
    assert priced.due == Money(priced.total.amount - 10_000, "CNY")
    assert str(missed) not in {str(each.tool_id) for each in priced.tools}, "850 is not 900"
    purchase_id = await order.place_purchase(
        town.db, shopper.actor, shopper.address_id, priced.total, "both", wanted=lines[:1], deposit_ids=[deposit_id]
    )
    assert (await finish(shop, shopper, purchase_id)).payable == 81_000
    giveaway = await shopper.put_down(await presale_again(shop, goods), goods)
    await shop.promote("shop", Tier("minus", 99_000))
    town.move_clock(days=3)
    (placed,) = await shopper.orders(await balance(shopper, giveaway, chosen=frozenset()))
    assert placed.due == Money(1, "CNY"), "the balance is never used up"
    await town.check_books()


async def presale_again(shop: Shop, goods: Goods) -> int:
    """After the first one is over."""
    shop.town.move_clock(days=3)
    return await shop.presale(goods, 10_000)


async def test_one_deposit_pays_into_one_purchase_however_many_ask(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000, stock=5)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000), goods)
    town.move_clock(days=3)
    found = Counter(await asyncio.gather(*(outcome(balance(shopper, deposit_id)) for _ in range(6))))
    assert found["won"] == 1
    assert found["order.voucher_gone"] + found["order.deposit_moved"] == 5
    await town.check_books()


async def test_the_last_piece_is_held_for_one_deposit(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(100_000, stock=1)
    presale_id = await shop.presale(goods, 10_000)
    shoppers = [await town.shopper() for _ in range(6)]
    asks = (outcome(each.put_down(presale_id, goods, pays=False)) for each in shoppers)
    assert Counter(await asyncio.gather(*asks)) == {"won": 1, "inventory.stock_short": 5}
    other = await shop.product(100_000, stock=50)
    again = await shop.presale(other, 10_000)
    place = order.place_deposit
    same = await asyncio.gather(
        *(place(town.db, shoppers[0].actor, again, other.sku_id, 1, "one click") for _ in range(4))
    )
    assert len(set(same)) == 1
    assert await free(town, other) == 49
    await town.check_books()


async def test_windows_strangers_and_one_presale_a_product(town: Town) -> None:
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(100_000, stock=5)
    presale_id = await shop.presale(goods, 10_000)
    with pytest.raises(order.PresaleRunning):
        await shop.presale(goods, 10_000)
    deposit_id = await shopper.put_down(presale_id, goods)
    assert await outcome(balance_of(shopper, deposit_id)) == "order.deposit_moved", "the window is not open"
    town.move_clock(days=3)
    assert await outcome(balance_of(stranger, deposit_id)) == "order.deposit_moved"
    assert await outcome(stranger.pay_deposit(deposit_id)) == "kernel.not_found"
    assert await outcome(shopper.put_down(presale_id, goods)) == "order.not_in_presale"
    async with town.db.read() as tx:
        assert await order.list_deposits(tx, stranger.actor) == []
