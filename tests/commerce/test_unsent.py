"""What a shop does not send in time goes back to the buyer, all of it or what is left; with notices before."""

from datetime import timedelta

import pytest

from datong.commerce import inventory, messaging, order
from datong.commerce.order import OrderState
from datong.commerce.order.give_back_unsent import start_missing_clocks
from datong.commerce.voucher import Tier
from datong.commerce.voucher.terms import Gift
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command
from tests.cases import ask, bought, lines, run_clocks, see
from tests.commerce.test_presale import balance
from tests.make import Goods, Shop, Shopper, Town

FORGET_CLOCK = command("update shop_order set due_at = null where bkt = $1 and order_id = $2")
SET_TOOLS = command("update shop_order set tools = $3 where bkt = $1 and order_id = $2")
FREIGHT = 600


async def two_lines(town: Town) -> tuple[Shop, Shopper, int, list[Goods]]:
    """A paid order of two goods with freight."""
    shop, shopper = await town.shop(), await town.shopper()
    freight = await shop.freight(FREIGHT, 0)
    goods = [await shop.product(price, freight=freight) for price in (10_000, 7_000)]
    for each in goods:
        await shopper.fill(each)
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    await town.deliver()
    return shop, shopper, (await shopper.orders(purchase_id))[0].order_id, goods


async def free(town: Town, goods: Goods) -> int:
    async with town.db.read() as tx:
        return (await inventory.free_of(tx, [goods.sku_id]))[goods.sku_id].free


async def notices(town: Town, actor: Actor, shop_id: int = 0) -> list[str]:
    await town.deliver()
    async with town.db.read() as tx:
        page = await messaging.list_notices(tx, actor, shop_id)
    return [each.kind for each in page.items]


async def wait(town: Town, **time: float) -> None:
    town.move_clock(**time)
    await run_clocks(town)


async def test_what_is_not_sent_at_all_goes_back_after_two_reminders(town: Town) -> None:
    shop, shopper, order_id, goods = await two_lines(town)
    await wait(town, hours=47, minutes=59)
    assert "order_ship_late" not in await notices(town, shopper.actor)
    await wait(town, minutes=2)
    assert (await notices(town, shopper.actor)).count("order_ship_late") == 1
    assert (await notices(town, shop.owner, shop.id)).count("shop_ship_late") == 1
    await wait(town, days=14)
    assert (await notices(town, shopper.actor)).count("order_ship_late") == 2
    await wait(town, hours=23, minutes=50)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_SELLER_SEND_GOODS
    await wait(town, minutes=20)
    after = await shopper.order(order_id)
    assert (after.state, after.end_reason, after.due_at) == (OrderState.TRADE_CLOSED, "not_sent", None)
    await town.settle_down()
    assert [await free(town, each) for each in goods] == [10, 10]
    async with town.db.read() as tx:
        view = await order.get_order(tx, shopper.actor, order_id)
    assert [(each.amount, each.state) for each in view.refunds] == [(17_000 + FREIGHT, "SUCCEEDED")]
    await town.check_books()


async def test_nothing_goes_back_without_a_warning_after_a_standstill(town: Town) -> None:
    _, shopper, order_id, _ = await two_lines(town)
    await wait(town, days=40)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_SELLER_SEND_GOODS
    await wait(town, hours=23, minutes=50)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_SELLER_SEND_GOODS
    await wait(town, minutes=20)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_CLOSED
    await town.settle_down()
    await town.check_books()


async def test_of_an_order_sent_in_part_the_rest_goes_back_and_it_goes_on_as_shipped(town: Town) -> None:
    shop, shopper, order_id, goods = await two_lines(town)
    first = next(line.line_id for line in await lines(town, order_id) if line.payable == 10_000)
    await wait(town, days=10)
    await shop.ship(order_id, lines=[first])
    assert (await shopper.order(order_id)).state == OrderState.SELLER_CONSIGNED_PART
    await wait(town, days=6, minutes=1)
    await wait(town, days=1)
    after = await shopper.order(order_id)
    assert (after.state, after.refunded) == (OrderState.WAIT_BUYER_CONFIRM_GOODS, 7_000)
    assert after.due_at is not None
    assert after.due_at - town.db.now() > timedelta(days=9, hours=23)
    assert "shop_unsent_refunded" in await notices(town, shop.owner, shop.id)
    assert [await free(town, each) for each in goods] == [9, 10]
    await town.check_books()
    await wait(town, days=10, minutes=1)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_FINISHED
    await town.settle_down()
    await town.check_books()


async def test_a_refund_that_is_open_does_not_stop_it_and_ends_with_what_it_asked_for(town: Town) -> None:
    shop, shopper, order_id, _ = await two_lines(town)
    first = (await lines(town, order_id))[0]
    await wait(town, days=16, hours=23)
    await shop.ship(order_id, lines=[first.line_id])
    waiting = await ask(shopper, order_id, "REFUND", "late_shipping", line=1)
    sent = await ask(shopper, order_id, "REFUND", "quality", line=0)
    await wait(town, hours=2)
    assert not (await see(town, waiting)).is_open, "all of its line has gone back"
    assert (await see(town, sent)).is_open
    after = await shopper.order(order_id)
    assert (after.state, after.open_cases, after.due_at) == (OrderState.WAIT_BUYER_CONFIRM_GOODS, 1, None)
    await town.check_books()


async def test_a_gift_that_is_not_sent_holds_nothing_up(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    given, goods = await shop.product(1_000), await shop.product(20_000)
    await town.promote("shop", Tier("gift", 0, 100, gift=Gift(given.product_id, given.sku_id)), owner_id=shop.id,
                       actor=shop.owner)  # fmt: skip
    order_id = await shopper.buy(goods)
    await town.deliver()
    paid, gift = sorted(await lines(town, order_id), key=lambda line: -line.payable)
    assert gift.payable == 0
    await shop.ship(order_id, lines=[paid.line_id])
    await wait(town, days=16, minutes=1)
    await wait(town, days=1)
    after = await shopper.order(order_id)
    assert (after.state, after.refunded) == (OrderState.WAIT_BUYER_CONFIRM_GOODS, 0)
    assert await free(town, given) == 10
    assert "order_refunded" not in await notices(town, shopper.actor)
    await wait(town, days=10, minutes=1)
    await town.settle_down()
    await town.check_books()


@pytest.mark.parametrize("sends_the_gift", [False, True])
async def test_a_shop_that_does_not_send_a_presale_pays_its_deposit_double(
    town: Town,
    sends_the_gift: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000)
    if sends_the_gift:
        given = await shop.product(1_000)
        tier = Tier("gift", 0, 100, gift=Gift(given.product_id, given.sku_id))
        await town.promote("shop", tier, owner_id=shop.id, actor=shop.owner)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000), goods)
    town.move_clock(days=3, minutes=1)
    purchase_id = await balance(shopper, deposit_id)
    await shopper.pay(purchase_id)
    await town.deliver()
    (placed,) = await shopper.orders(purchase_id)
    for line in await lines(town, placed.order_id):
        if not line.payable:
            await shop.ship(placed.order_id, lines=[line.line_id])
    await wait(town, days=16, minutes=1)
    await wait(town, days=1)
    (after,) = await shopper.orders(purchase_id)
    assert (after.state, (await shopper.deposit(deposit_id)).state) == (OrderState.TRADE_CLOSED, "DOUBLED")
    await town.settle_down()
    assert await shop.balance() == -10_000
    await town.check_books()


@pytest.mark.parametrize("is_late", [False, True])
async def test_an_order_of_the_release_before_is_given_a_clock(
    town: Town,
    is_late: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    _, shopper, order_id = await bought(town)
    async with town.db.begin(bucket_of(order_id)) as tx:
        await tx.run(FORGET_CLOCK, tx.bucket, order_id)
    if is_late:
        town.move_clock(days=60)
    assert await start_missing_clocks(town.db) == 1
    assert await start_missing_clocks(town.db) == 0
    due = (await shopper.order(order_id)).due_at
    assert due is not None
    left = due - town.db.now()
    assert timedelta(0) < timedelta(days=15 if is_late else 2) - left < timedelta(minutes=1)
    assert ("order_ship_late" in await notices(town, shopper.actor)) == is_late
    await wait(town, days=16, minutes=1)
    await wait(town, days=1)
    if not is_late:
        await wait(town, days=1)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_CLOSED
    await town.settle_down()
    await town.check_books()


async def test_an_order_whose_clock_fails_stops_no_other(town: Town) -> None:
    """What it brought cannot be read: it is looked at an hour later, and ends once it can be."""
    _, first, broken = await bought(town)
    _, second, whole = await bought(town)
    await wait(town, days=16, minutes=1)
    async with town.db.begin(bucket_of(broken)) as tx:
        await tx.run(SET_TOOLS, tx.bucket, broken, {"vouchers": "none"})
    await wait(town, days=1, minutes=1)
    assert (await second.order(whole)).state == OrderState.TRADE_CLOSED
    left = await first.order(broken)
    assert left.state == OrderState.WAIT_SELLER_SEND_GOODS
    assert left.due_at is not None
    assert timedelta(minutes=59) < left.due_at - town.db.now() <= timedelta(hours=1)
    async with town.db.begin(bucket_of(broken)) as tx:
        await tx.run(SET_TOOLS, tx.bucket, broken, {})
    await wait(town, hours=1)
    assert (await first.order(broken)).state == OrderState.TRADE_CLOSED
    await town.settle_down()
    await town.check_books()
