"""Corners of handing over: refunds and pauses meet pick-ups, contents go away, keys and codes are used twice."""

from datetime import timedelta

import pytest

from datong.commerce import fulfilment, order
from datong.commerce.fulfilment import CodeOutcome, digital_goods
from datong.commerce.order import OrderState
from datong.commerce.order.collect_order import NothingToCollect
from datong.commerce.order.deliver_digital import deliver_digital
from datong.commerce.voucher import Gift, Tier
from datong.facts.fulfilment import DigitalGoodsTaken
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotAllowed, NotFound
from datong.kernel.request import KeyReused
from datong.kernel.sql import command, value
from tests.cases import CaseActions, ask, lines, run_clocks
from tests.commerce.test_fulfilment_methods import FREE_ITEMS, add, contents, hand, see, states
from tests.make import Goods, Shop, Shopper, Town

SET_METHOD = command("update order_line set method = $3 where bkt = $1 and order_id = $2")
ON_HAND = value(int, "select on_hand - held from stock where bkt = $1 and sku_id = $2")


async def buy_all(shopper: Shopper, *goods: Goods) -> int:
    """One order of one piece of each."""
    for each in goods:
        await shopper.fill(each)
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    await shopper.town.deliver()
    return (await shopper.orders(purchase_id))[0].order_id


async def place_of(town: Town, order_id: int, method: str) -> int:
    """Where the line of a method stands in an order."""
    return next(n for n, line in enumerate(await lines(town, order_id)) if line.method == method)


async def refunded(shop: Shop, shopper: Shopper, order_id: int, place: int) -> None:
    """A line is refunded whole."""
    case = CaseActions(shop.town, await ask(shopper, order_id, "REFUND", "agreed", line=place))
    if (await shopper.order(order_id)).open_cases:
        await case.agree(shop)
    await shop.town.deliver()


async def test_an_order_that_cannot_be_moved_stops_no_others_clock(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product()
    stuck, fine = await shopper.buy(goods), await shopper.buy(goods)
    for each in (stuck, fine):
        await shop.ship(each)
    async with town.db.begin(bucket_of(stuck)) as tx:
        await tx.run(SET_METHOD, tx.bucket, stuck, "locker")
    town.move_clock(days=11)
    await run_clocks(town)
    assert (await shopper.order(fine)).state == OrderState.TRADE_FINISHED
    left = await shopper.order(stuck)
    assert left.state == OrderState.WAIT_BUYER_CONFIRM_GOODS
    assert left.due_at is not None
    assert timedelta(minutes=59) < left.due_at - town.db.now() <= timedelta(hours=1), "it is in nobody's way meanwhile"


async def test_a_payment_is_taken_for_lines_whose_method_is_gone(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shopper.fill(await shop.product())
    purchase_id = await shopper.place()
    order_id = (await shopper.orders(purchase_id))[0].order_id
    async with town.db.begin(bucket_of(order_id)) as tx:
        await tx.run(SET_METHOD, tx.bucket, order_id, "locker")
    await shopper.pay(purchase_id)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_SELLER_SEND_GOODS


async def test_what_was_refunded_is_not_handed_out(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await buy_all(shopper, await shop.product(2_000, method="pickup"), await shop.product(3_000))
    await hand(shop, order_id, "pickup", place="Counter 3")
    code = (await see(shopper, order_id)).handovers[0].code
    await refunded(shop, shopper, order_id, await place_of(town, order_id, "pickup"))
    with pytest.raises(NothingToCollect):
        await town.db.run(order.collect_order, shop.owner, order_id, code)
    with pytest.raises(NothingToCollect):
        await town.db.run(order.renew_collection_code, shopper.actor, order_id)
    await town.check_books()


async def test_a_code_is_taken_once_and_an_order_without_one_says_so(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    sent, ready = await shopper.buy(await shop.product()), await shopper.buy(await shop.product(method="pickup"))
    with pytest.raises(NothingToCollect):
        await town.db.run(order.collect_order, shop.owner, sent, "12345678")
    await hand(shop, ready, "pickup", place="Counter 3")
    code = (await see(shopper, ready)).handovers[0].code
    assert await town.db.run(order.collect_order, shop.owner, ready, code) == CodeOutcome.RIGHT
    with pytest.raises(NothingToCollect):
        await town.db.run(order.collect_order, shop.owner, ready, code)


async def test_a_collection_while_the_clock_stands_still_starts_its_own_days(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(method="pickup"))
    await hand(shop, order_id, "pickup", place="Counter 3")
    code = (await see(shopper, order_id)).handovers[0].code
    case = CaseActions(town, await ask(shopper, order_id, "REFUND", "quality"))
    town.move_clock(hours=30)
    await town.db.run(order.collect_order, shop.owner, order_id, code)
    town.move_clock(hours=6)
    await case.withdraw(shopper)
    due = (await shopper.order(order_id)).due_at
    assert due is not None
    assert timedelta(days=2, hours=23) < due - town.db.now() <= timedelta(days=3)


async def test_a_pickup_beside_a_parcel_on_its_way_keeps_its_days_after_collection(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await buy_all(shopper, await shop.product(2_000, method="pickup"), await shop.product(3_000))
    await shop.ship(order_id)
    await hand(shop, order_id, "pickup", place="Counter 3")
    code = (await see(shopper, order_id)).handovers[0].code
    town.move_clock(days=9, hours=12)
    await town.db.run(order.collect_order, shop.owner, order_id, code)
    town.move_clock(days=2)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_BUYER_CONFIRM_GOODS
    town.move_clock(days=1, minutes=1)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_FINISHED


async def test_a_pickup_collected_at_once_does_not_hurry_the_parcel_beside_it(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await buy_all(shopper, await shop.product(2_000, method="pickup"), await shop.product(3_000))
    await shop.ship(order_id)
    await hand(shop, order_id, "pickup", place="Counter 3")
    code = (await see(shopper, order_id)).handovers[0].code
    await town.db.run(order.collect_order, shop.owner, order_id, code)
    town.move_clock(days=9, hours=23)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_BUYER_CONFIRM_GOODS
    town.move_clock(hours=2)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_FINISHED


async def test_freight_goes_back_with_the_last_line_that_travels(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    freight = await shop.freight(600)
    parcel, digital = await shop.product(3_000, freight=freight), await shop.product(2_000, method="digital")
    await add(shop, digital, "CODE")
    order_id = await buy_all(shopper, parcel, digital)
    assert sorted(await states(town, order_id)) == ["RECEIVED", "WAITING"]
    await refunded(shop, shopper, order_id, await place_of(town, order_id, "parcel"))
    assert (await shopper.order(order_id)).refunded == 3_600
    await town.check_books()


async def test_contents_that_went_away_in_between_are_asked_for_again(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(method="digital")
    order_id = await shopper.buy(goods)
    await town.deliver()
    bought, line = await shopper.order(order_id), (await lines(town, order_id))[0]
    async with town.db.begin(bucket_of(shop.id)) as tx:
        gone = tx.new_id(tx.bucket)
        await tx.run(digital_goods.SERVED, tx.bucket, line.line_id)
    told = DigitalGoodsTaken(
        purchase_id=bought.purchase_id, order_id=order_id, shop_id=shop.id, line_id=line.line_id, item_ids=[gone]
    )
    async with town.db.begin(bucket_of(order_id)) as tx:
        await deliver_digital(tx, told)
    assert await states(town, order_id) == ["WAITING"]
    await town.deliver()
    await add(shop, goods, "B")
    await town.deliver()
    assert await contents(shopper, order_id) == ["B"]
    (kept,) = (await see(shopper, order_id)).handovers
    again = DigitalGoodsTaken(
        purchase_id=bought.purchase_id, order_id=order_id, shop_id=shop.id, line_id=line.line_id,
        item_ids=[int(each) for each in kept.words["item_ids"]],
    )  # fmt: skip
    async with town.db.begin(bucket_of(order_id)) as tx:
        await deliver_digital(tx, again)
    await town.deliver()
    async with town.db.read() as tx:
        assert await tx.one(FREE_ITEMS, bucket_of(shop.id), goods.sku_id) == 0, (
            "told twice, it is delivered and not free"
        )
    await town.check_books()


async def test_every_line_that_waits_is_served_however_many(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digital_goods, "MAX_WAITING", 2)
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(method="digital")
    orders = [await shopper.buy(goods) for _ in range(5)]
    await town.deliver()
    await add(shop, goods, "A", "B", "C", "D", "E")
    await town.deliver()
    assert sorted([str(each) for order_id in orders for each in await contents(shopper, order_id)]) == list("ABCDE")


async def test_who_was_refunded_holds_up_nobody(town: Town) -> None:
    """An order of many that was cancelled while it waited leaves what is laid ready to those after it."""
    shop = await town.shop()
    goods = await shop.product(method="digital", stock=100)
    gone = await town.shopper()
    cancelled = await gone.buy(goods, 50)
    await town.deliver()
    await gone.cancel(cancelled)
    await town.deliver()
    small = await (await town.shopper()).buy(goods)
    await add(shop, goods, "ONE", "TWO")
    await town.deliver()
    assert [line.state for line in await lines(town, small)] == ["RECEIVED"]
    async with town.db.read() as tx:
        stock = await fulfilment.list_digital_stock(tx, shop.owner, shop.id, [goods.sku_id])
    assert (stock[goods.sku_id].free, stock[goods.sku_id].waiting) == (1, 0)
    await town.check_books()


async def test_a_key_belongs_to_one_method(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await buy_all(shopper, await shop.product(method="pickup"), await shop.product(method="service"))
    await hand(shop, order_id, "pickup", key="same", place="x")
    with pytest.raises(KeyReused):
        await hand(shop, order_id, "service", key="same", text="x")


async def test_staff_never_see_a_whole_content(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(method="digital")
    await add(shop, goods, "1234")
    order_id = await shopper.buy(goods)
    await town.deliver()
    assert (await see(shop, order_id)).handovers[0].words["contents"] == ["…"]


async def test_a_gift_that_nobody_collects_stands_in_stock_again(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    gift = await shop.product(1_000, stock=5, method="pickup")
    goods = await shop.product(6_000, method="pickup")
    await shop.promote("shop", Tier("gift", 0, 5_000, gift=Gift(gift.product_id, gift.sku_id)))
    order_id = await shopper.buy(goods)
    await hand(shop, order_id, "pickup", place="Counter 3")
    town.move_clock(days=7, minutes=1)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_CLOSED
    async with town.db.read() as tx:
        assert await tx.one(ON_HAND, bucket_of(gift.sku_id), gift.sku_id) == 5
    await town.check_books()


async def test_the_stock_of_another_shop_is_not_told(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    goods = await shop.product(method="digital")
    await add(shop, goods, "A")
    async with town.db.read() as tx:
        told = await fulfilment.list_digital_stock(tx, other.owner, other.id, goods.sku_ids)
    assert told.get(goods.sku_id) is None or told[goods.sku_id].free == 0


async def test_what_serves_everybody_goes_before_single_contents(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(method="digital")
    await add(shop, goods, "ONE")
    await add(shop, goods, "ALL", is_reusable=True)
    order_id = await shopper.buy(goods, 2)
    await town.deliver()
    assert await contents(shopper, order_id) == ["ALL"]


async def test_an_address_that_nobody_needs_is_not_kept(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(method="service"))
    assert (await shopper.order(order_id)).address == {}


async def test_handing_over_and_laying_contents_ready_are_the_shops(town: Town) -> None:
    shop, other, shopper = await town.shop(), await town.shop(), await town.shopper()
    service, digital = await shop.product(method="service"), await shop.product(method="digital")
    order_id = await shopper.buy(service)
    with pytest.raises(NotAllowed):
        await town.db.run(order.hand_over, shopper.actor, order_id, "service", {"text": "x"}, "k")
    with pytest.raises(NotFound):
        await town.db.run(order.hand_over, other.owner, order_id, "service", {"text": "x"}, "k")
    await add(shop, digital, "A")
    with pytest.raises(NotAllowed):
        await town.db.run(fulfilment.drop_digital_items, other.owner, shop.id, digital.product_id, digital.sku_id)
