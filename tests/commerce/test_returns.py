"""Goods on their way back, other pieces instead, and seven days without a reason: to the day and minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from datong.commerce import aftersale, order, payment, pricing, rulebook, voucher
from datong.commerce.aftersale import WindowOver
from datong.commerce.voucher import Tier
from datong.kernel.actor import SYSTEM
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid
from datong.kernel.request import KeyReused
from tests.cases import CaseActions, ask, bought, give_address, lines, run_clocks, see, set_clock, tell_delivered
from tests.make import Shopper, Town

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_a_return_goes_its_way_and_what_is_whole_is_sold_again(town: Town) -> None:
    shop, shopper, order_id = await bought(town, stock=1)
    await shop.ship(order_id)
    await tell_delivered(town, order_id)
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "quality", is_received=True)
    actions = CaseActions(town, case_id)
    agreed = await actions.agree(shop)
    assert agreed.state == "WAIT_BUYER_RETURN_GOODS"
    assert agreed.return_address
    assert agreed.return_address["street"] == "9 Dock Road"
    with pytest.raises(Invalid):
        await actions.send_back(shopper, freight=999_999)
    await actions.send_back(shopper, freight=1_200)
    assert (await actions.confirm_return(shop)).state == "SUCCESS"
    await town.settle_down()
    await town.check_books()
    assert (await shopper.order(order_id)).state == "TRADE_CLOSED"
    assert await shop.balance() == -1_200, "the freight of a return that is its fault is the shop's"
    async with town.db.read() as tx:
        refunds = await payment.list_refunds(tx, order_id)
    assert sorted((each.amount, each.is_extra, each.state) for each in refunds) == [
        (1_200, True, "SUCCEEDED"), (10_000, False, "SUCCEEDED"),
    ]  # fmt: skip
    (line,) = await lines(town, order_id)
    assert line.stock_fate == "RESTOCKED"


async def test_a_return_that_nobody_sends_closes_after_seven_days_and_the_order_goes_on(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")
    await CaseActions(town, case_id).agree(shop)
    town.move_clock(days=6, hours=23, minutes=59)
    await run_clocks(town)
    assert (await see(town, case_id)).state == "WAIT_BUYER_RETURN_GOODS"
    town.move_clock(minutes=2)
    await run_clocks(town)
    assert (await see(town, case_id)).end_reason == "not_sent_back"
    town.move_clock(days=10)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == "TRADE_FINISHED"
    await town.check_books()


async def test_a_signed_return_gives_the_shop_three_days_and_then_silence_pays(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")
    actions = CaseActions(town, case_id)
    await actions.agree(shop)
    await actions.send_back(shopper)
    town.move_clock(days=2)
    await tell_delivered(town, order_id, case_id)
    assert (await shopper.order(order_id)).delivered_at is None, "a return is no delivery to the buyer"
    town.move_clock(days=2, hours=23, minutes=59)
    await run_clocks(town)
    assert (await see(town, case_id)).state == "WAIT_SELLER_CONFIRM_GOODS"
    town.move_clock(minutes=2)
    await run_clocks(town)
    assert (await see(town, case_id)).end_reason == "receipt_silent"
    await town.settle_down()
    await town.check_books()


async def test_no_reason_ends_168_hours_after_the_midnight_that_follows_signing(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    day = (town.db.now() + timedelta(days=2)).astimezone(SHANGHAI).date()
    set_clock(town, datetime(day.year, day.month, day.day, 10, 0, tzinfo=SHANGHAI))
    await tell_delivered(town, order_id)
    end = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC) + timedelta(days=8)
    set_clock(town, end - timedelta(seconds=59))
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")
    with pytest.raises(aftersale.MayNotRefuse):
        await CaseActions(town, case_id).refuse(shop)
    await CaseActions(town, case_id).withdraw(shopper)
    set_clock(town, end)
    with pytest.raises(WindowOver):
        await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")
    await ask(shopper, order_id, "REFUND_AND_RETURN", "quality")
    await town.check_books()


async def test_some_goods_do_not_come_back_without_a_reason(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    async with town.db.begin() as tx:
        await rulebook.set_parameter(
            tx, SYSTEM, "aftersale.no_reason_days", 0, scope_kind="category", scope_id=town.category_id
        )
    with pytest.raises(aftersale.NotReturnable):
        await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")


@pytest.mark.parametrize("is_late", [False, True])
async def test_an_exchange_sends_another_piece_or_gives_the_price_back(town: Town, *, is_late: bool) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "EXCHANGE", "wrong_size")
    actions = CaseActions(town, case_id)
    await actions.agree(shop)
    await actions.send_back(shopper)
    assert (await actions.confirm_return(shop)).state == "WAIT_SELLER_SEND_GOODS"
    if is_late:
        town.move_clock(hours=49)
        await run_clocks(town)
        case = await see(town, case_id)
        assert (case.state, case.end_reason, case.paid_back) == ("SUCCESS", "replacement_late", 10_000)
    else:
        await actions.replace(shop)
        case = await actions.confirm_replacement(shopper)
        assert (case.state, case.paid_back) == ("SUCCESS", 0)
        await shopper.confirm(order_id)
    await town.settle_down()
    await town.check_books()


async def test_reshipping_needs_no_return(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "RESHIPPING", "not_received")
    town.move_clock(hours=48, minutes=1)
    await run_clocks(town)
    assert (await see(town, case_id)).state == "WAIT_SELLER_SEND_GOODS"
    await CaseActions(town, case_id).replace(shop)
    town.move_clock(days=10, minutes=1)
    await run_clocks(town)
    assert (await see(town, case_id)).end_reason == "replacement_silent"
    await town.check_books()


async def test_silence_about_a_return_names_the_address_and_without_one_gives_back(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(10_000))
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "quality")
    with pytest.raises(aftersale.AddressMissing):
        await CaseActions(town, case_id).agree(shop)
    town.move_clock(hours=48, minutes=1)
    await run_clocks(town)
    assert (await see(town, case_id)).end_reason == "no_return_address"
    await town.settle_down()
    await town.check_books()


async def test_coins_of_a_line_come_back_with_all_of_it_and_never_twice(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    await shop.promote("coins", Tier("percent", 500))
    async with town.db.begin(shopper.actor.bucket) as tx:
        await voucher.earn_coins(tx, shopper.actor.id, 1_000, "welcome", 1)
    await shopper.fill(await shop.product(10_000))
    await shopper.fill(await shop.product(6_000))
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    placed = (await shopper.orders(purchase_id))[0]
    assert (placed.payable, await coins(shopper)) == (15_200, 200)
    by_price = sorted(await lines(town, placed.order_id), key=lambda line: -line.goods)
    place = [line.line_id for line in await lines(town, placed.order_id)].index(by_price[0].line_id)
    await CaseActions(town, await ask(shopper, placed.order_id, reason="not_wanted", line=place)).agree(shop)
    assert await coins(shopper) == 700
    await town.check_books()
    await shopper.cancel(placed.order_id)
    assert await coins(shopper) == 1_000
    await town.settle_down()
    await town.check_books()
    again = await shopper.buy(await shop.product(10_000))
    await shop.ship(again)
    await shopper.confirm(again)
    await CaseActions(town, await ask(shopper, again)).agree(shop)
    assert await coins(shopper) == 1_000
    await town.settle_down()
    await town.check_books()


async def test_a_buyer_may_keep_its_coins(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shop.promote("coins", Tier("percent", 500))
    async with town.db.begin(shopper.actor.bucket) as tx:
        await voucher.earn_coins(tx, shopper.actor.id, 1_000, "welcome", 1)
    await shopper.fill(await shop.product(10_000))
    whole = Money(10_000, "CNY")
    with pytest.raises(order.PriceMoved):
        await order.place_purchase(town.db, shopper.actor, shopper.address_id, whole, "spends")
    for _ in range(2):
        purchase_id = await order.place_purchase(
            town.db, shopper.actor, shopper.address_id, whole, "keeps", keeps_coins=True
        )
    with pytest.raises(KeyReused):
        await order.place_purchase(town.db, shopper.actor, shopper.address_id, whole, "keeps")
    assert [each.payable for each in await shopper.orders(purchase_id)] == [10_000]
    assert await coins(shopper) == 1_000
    await town.check_books()


async def coins(shopper: Shopper) -> int:
    async with shopper.town.db.read() as tx:
        return (await voucher.get_coins(tx, [shopper.actor.id])).get(shopper.actor.id, 0)


@pytest.mark.parametrize("is_finished", [False, True])
async def test_a_deposit_goes_back_by_the_charge_it_came_with(town: Town, *, is_finished: bool) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    goods = await shop.product(10_000)
    deposit_id = await shopper.put_down(await shop.presale(goods, 2_000), goods)
    town.move_clock(days=4)
    await town.settle_down()
    wanted = await shopper.deposit(deposit_id)
    async with town.db.read() as tx:
        line = order.line_of(wanted)
        agreed = (await pricing.quote(tx, [line], "31", pricing.Buyer(shopper.actor.id))).total
    purchase_id = await order.place_purchase(
        town.db, shopper.actor, shopper.address_id, Money(agreed.amount, agreed.currency), "balance",
        deposit_ids=[deposit_id],
    )  # fmt: skip
    await shopper.pay(purchase_id)
    order_id = (await shopper.orders(purchase_id))[0].order_id
    await shop.ship(order_id)
    if is_finished:
        await shopper.confirm(order_id)
    for amount in (7_000, 3_000):
        await CaseActions(town, await ask(shopper, order_id, amount=amount)).agree(shop)
        await town.settle_down()
        await town.check_books()
    async with town.db.read() as tx:
        refunds = await payment.list_refunds(tx, order_id)
    assert sorted(each.amount for each in refunds) == [1_000, 2_000, 7_000]
    assert {each.state for each in refunds} == {"SUCCEEDED"}
