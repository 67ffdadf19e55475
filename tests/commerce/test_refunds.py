"""Refund cases, to the minute and to the cent: what is asked, answered, sent back, and what silence decides."""

from datetime import timedelta

import pytest

from datong.commerce import aftersale, order, payment, rulebook
from datong.commerce.aftersale import CaseMoved, RefundRequest, WindowOver, WrongCaseState
from datong.commerce.aftersale.open_case import CaseIsOpen
from datong.commerce.payment.refunds import send_refunds
from datong.commerce.voucher import Tier
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, Refusal
from tests.cases import CaseActions, ask, bought, give_address, lines, run_clocks, see
from tests.make import Town


async def test_what_was_not_sent_is_given_back_by_silence_after_a_day_and_its_stock_is_free(town: Town) -> None:
    shop, shopper, order_id = await bought(town, 10_000, 2)
    case_id = await ask(shopper, order_id, reason="not_wanted")
    town.move_clock(hours=23, minutes=59)
    await run_clocks(town)
    assert (await see(town, case_id)).state == "WAIT_SELLER_AGREE"
    town.move_clock(minutes=2)
    await run_clocks(town)
    case = await see(town, case_id)
    assert (case.state, case.end_reason, case.paid_back) == ("SUCCESS", "seller_silent", 20_000)
    ended = await shopper.order(order_id)
    assert (ended.state, ended.end_reason, ended.refunded) == ("TRADE_CLOSED", "refunded", 20_000)
    (line,) = await lines(town, order_id)
    assert line.stock_fate == "RESTOCKED"
    await town.settle_down()
    await town.check_books()
    assert await shop.balance() == 0


async def test_the_shop_may_not_refuse_what_it_has_not_sent_but_sending_it_closes_the_case(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    case_id = await ask(shopper, order_id, reason="not_wanted")
    with pytest.raises(aftersale.MayNotRefuse):
        await CaseActions(town, case_id).refuse(shop)
    with pytest.raises(order.RefundIsOpen):
        await shopper.confirm(order_id)
    await shop.ship(order_id)
    await town.deliver()
    assert (await see(town, case_id)).end_reason == "sent_meanwhile"
    again = await ask(shopper, order_id, reason="not_received")
    assert (await see(town, again)).is_sent
    await town.check_books()


async def test_sending_wins_against_the_clock_even_before_the_news_has_arrived(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    case_id = await ask(shopper, order_id, reason="not_wanted")
    await shop.ship(order_id)
    town.move_clock(hours=25)
    await aftersale.run_due_cases(town.db)
    assert (await see(town, case_id)).end_reason == "sent_meanwhile"
    await town.check_books()
    assert (await shopper.order(order_id)).refunded == 0


async def test_an_open_refund_stops_the_confirm_clock(town: Town) -> None:
    """Ship at 0, open at 9 d, withdraw at 12 d: it fires at 13 d and not before."""
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    town.move_clock(days=9)
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "quality")
    town.move_clock(days=1, hours=12)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == "WAIT_BUYER_CONFIRM_GOODS"
    town.move_clock(days=1, hours=12)
    await CaseActions(town, case_id).withdraw(shopper)
    town.move_clock(hours=23, minutes=59)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == "WAIT_BUYER_CONFIRM_GOODS"
    town.move_clock(minutes=2)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == "TRADE_FINISHED"
    await town.check_books()


async def test_the_last_open_case_alone_lets_the_clock_go_on(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    await shopper.fill(await shop.product(5_000))
    await shopper.fill(await shop.product(7_000))
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    order_id = (await shopper.orders(purchase_id))[0].order_id
    await shop.ship(order_id)
    first, second = await ask(shopper, order_id), await ask(shopper, order_id, line=1)
    town.move_clock(days=1)
    await CaseActions(town, first).withdraw(shopper)
    assert (await shopper.order(order_id)).due_at is None
    await CaseActions(town, second).withdraw(shopper)
    due = (await shopper.order(order_id)).due_at
    assert due
    assert abs(due - town.db.now() - timedelta(days=10)) < timedelta(seconds=30), "a day was not counted"
    await town.check_books()


async def test_a_part_of_a_line_goes_back_and_the_rest_is_settled(town: Town) -> None:
    """Three at 100.00 less 10.00: each piece is worth a third of what was paid, whatever was refunded before."""
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    await shop.promote("shop", Tier("minus", 1_000, 30_000))
    order_id = await shopper.buy(await shop.product(10_000), 3)
    await shop.ship(order_id)
    with pytest.raises(order.RefundTooHigh):
        await ask(shopper, order_id, pieces=1, amount=9_667)
    for expected in (9_666, 9_667):
        case_id = await ask(shopper, order_id, pieces=1)
        assert (await see(town, case_id)).amount == expected
        await CaseActions(town, case_id).agree(shop)
        await town.check_books()
    await shopper.confirm(order_id)
    await town.check_books()
    assert await shop.balance() == 29_000 - 9_666 - 9_667


async def test_one_of_two_lines_keeps_the_others_discount_and_the_freight(town: Town) -> None:
    """A 100, B 110, 200 less 20: A comes to 90.48, B keeps its 99.52; freight goes back only with everything."""
    shop, shopper = await town.shop(), await town.shopper()
    freight = await shop.freight(600, 0)
    await shop.promote("shop", Tier("minus", 2_000, 20_000))
    await shopper.fill(await shop.product(10_000, freight=freight))
    await shopper.fill(await shop.product(11_000, freight=freight))
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    placed = (await shopper.orders(purchase_id))[0]
    assert placed.payable == 19_000 + placed.freight
    by_price = sorted(await lines(town, placed.order_id), key=lambda line: line.goods)
    assert [line.payable for line in by_price] == [9_048, 9_952]
    place = [line.line_id for line in await lines(town, placed.order_id)].index(by_price[0].line_id)
    first = await ask(shopper, placed.order_id, reason="not_wanted", line=place)
    assert (await CaseActions(town, first).agree(shop)).paid_back == 9_048
    await town.check_books()
    second = await ask(shopper, placed.order_id, reason="not_wanted", line=1 - place)
    assert (await CaseActions(town, second).agree(shop)).paid_back == 9_952 + placed.freight
    ended = await shopper.order(placed.order_id)
    assert (ended.state, ended.refunded) == ("TRADE_CLOSED", placed.payable)
    await town.settle_down()
    await town.check_books()
    assert await shop.balance() == 0


async def test_freight_of_what_was_sent_stays_the_shops_when_all_goods_go_back(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    order_id = await shopper.buy(await shop.product(10_000, freight=await shop.freight(600)))
    await shop.ship(order_id)
    await CaseActions(town, await ask(shopper, order_id, reason="not_received")).agree(shop)
    ended = await shopper.order(order_id)
    assert (ended.state, ended.refunded) == ("TRADE_CLOSED", 10_000)
    await town.settle_down()
    await town.check_books()
    assert await shop.balance() == 600
    (line,) = await lines(town, order_id)
    assert line.stock_fate == "GONE"


async def test_after_success_there_are_fifteen_days_and_the_shop_pays_from_its_balance(town: Town) -> None:
    shop, shopper, order_id = await bought(town, 20_000)
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.settle_down()
    assert await shop.balance() == 0, "it was paid out"
    town.move_clock(days=14, hours=23, minutes=59)
    case_id = await ask(shopper, order_id, amount=5_000)
    assert (await see(town, case_id)).phase == "aftersale"
    await CaseActions(town, case_id).agree(shop)
    await town.settle_down()
    await town.check_books()
    assert await shop.balance() == -5_000
    town.move_clock(minutes=2)
    with pytest.raises(WindowOver):
        await ask(shopper, order_id)
    later = await shopper.buy(await shop.product(30_000))
    await shop.ship(later)
    await shopper.confirm(later)
    town.move_clock(hours=25)
    await town.settle_down()
    async with town.db.read() as tx:
        paid = [each.amount for each in (await payment.list_payouts(tx, shop.owner, shop.id)).items]
    assert sorted(paid) == [20_000, 25_000], "what was owed was made up for first"
    await town.check_books()


async def test_a_refund_after_success_takes_back_commission_and_subsidy_in_proportion(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, "merchant.commission_bps", 500)
    await town.promote("cross", Tier("minus", 3_000, 10_000))
    order_id = await shopper.buy(await shop.product(10_001), 3)
    placed = await shopper.order(order_id)
    assert (placed.subsidy, placed.payable) == (3_000, 27_003)
    assert placed.commission > 0
    await shop.ship(order_id)
    first = await ask(shopper, order_id, pieces=1)
    await CaseActions(town, first).agree(shop)
    await town.check_books()
    await shopper.confirm(order_id)
    await town.check_books()
    for pieces in (1, 1):
        case_id = await ask(shopper, order_id, pieces=pieces)
        await CaseActions(town, case_id).agree(shop)
        await town.check_books()
    (line,) = await lines(town, order_id)
    assert (line.left, line.commission_undone) == (0, line.commission)
    assert await shop.balance() == 0, "all of it came back, to the cent"
    assert (await shopper.order(order_id)).state == "TRADE_FINISHED"
    await town.settle_down()
    await town.check_books()


async def test_a_stale_version_is_a_conflict_and_changes_nothing(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id)
    seen = (await see(town, case_id)).version
    await CaseActions(town, case_id).change(shopper, RefundRequest("REFUND", "damaged", 4_000))
    with pytest.raises(CaseMoved):
        async with town.db.begin(bucket_of(case_id)) as tx:
            await aftersale.agree_to_refund(tx, shop.owner, case_id, seen)
    assert (await see(town, case_id)).amount == 4_000
    assert (await CaseActions(town, case_id).agree(shop)).paid_back == 4_000
    with pytest.raises(WrongCaseState):
        await CaseActions(town, case_id).agree(shop)
    await town.check_books()


async def test_one_open_case_a_line_and_the_same_key_asks_once(town: Town) -> None:
    _, shopper, order_id = await bought(town)
    first = await ask(shopper, order_id, reason="not_wanted", key="same")
    assert await ask(shopper, order_id, reason="not_wanted", key="same") == first
    with pytest.raises(CaseIsOpen):
        await ask(shopper, order_id, reason="not_wanted")
    await town.check_books()


async def test_a_refused_buyer_has_seven_days_and_then_the_refusal_stands(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id)
    for text in ("x", "y" * 201):
        with pytest.raises(Invalid):
            await CaseActions(town, case_id).refuse(shop, text)
    assert (await CaseActions(town, case_id).refuse(shop)).state == "SELLER_REFUSE_BUYER"
    town.move_clock(days=7, minutes=1)
    await run_clocks(town)
    assert (await see(town, case_id)).end_reason == "refusal_stands"
    await town.check_books()


async def test_many_cases_are_agreed_to_at_once_within_limits(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(400_000, stock=9)
    found = []
    for _ in range(2):
        shopper = await town.shopper()
        case_id = await ask(shopper, await shopper.buy(goods), reason="not_wanted")
        found.append((case_id, (await see(town, case_id)).version))
    with pytest.raises(aftersale.BatchTooLarge):
        await aftersale.agree_to_many(town.db, shop.owner, shop.id, found)
    assert {(await see(town, each)).state for each, _ in found} == {"WAIT_SELLER_AGREE"}
    answers = await aftersale.agree_to_many(town.db, shop.owner, shop.id, [found[0]])
    assert [each.state for each in answers] == ["SUCCESS"]
    stale = await aftersale.agree_to_many(town.db, shop.owner, shop.id, [(found[1][0], 9)])
    assert isinstance(stale[0].refusal, CaseMoved)
    with pytest.raises(aftersale.BatchTooLarge):
        await aftersale.agree_to_many(town.db, shop.owner, shop.id, [(number, 1) for number in range(1, 22)])
    await town.check_books()


async def test_a_buyer_in_good_standing_has_small_refunds_at_once(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(20_000, stock=20)
    for _ in range(3):
        order_id = await shopper.buy(goods)
        await shop.ship(order_id)
        await shopper.confirm(order_id)
        await town.deliver()
    case_id = await ask(shopper, await shopper.buy(goods), reason="not_wanted")
    assert (await see(town, case_id)).end_reason == "fast_refund"
    dear = await ask(shopper, await shopper.buy(goods, 2), reason="not_wanted")
    assert (await see(town, dear)).state == "WAIT_SELLER_AGREE"
    sent = await shopper.buy(goods)
    await shop.ship(sent)
    held = await ask(shopper, sent, reason="not_received")
    assert (await see(town, held)).state == "WAIT_SELLER_AGREE", "nobody knows yet how good this shop is"
    await CaseActions(town, held).withdraw(shopper)
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await aftersale.record_standing(tx, shop.id, 479, tx.now)
    assert (await see(town, await ask(shopper, sent, reason="not_received"))).end_reason == "fast_refund"
    await town.settle_down()
    await town.check_books()


async def test_a_refund_survives_lost_answers_and_a_gateway_that_declines_can_be_asked_again(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    case_id = await ask(shopper, order_id, reason="not_wanted")
    await CaseActions(town, case_id).agree(shop)
    town.gateway.faults.lose_answer, town.gateway.faults.decline_refunds = 1, 1
    states = []
    for _ in range(3):
        await send_refunds(town.db, town.adapters.gateways)
        await town.check_books()
        async with town.db.read() as tx:
            (refund,) = await payment.list_refunds(tx, order_id)
        states.append(refund.state)
        if refund.state == "DECLINED":
            async with town.db.begin(bucket_of(order_id)) as tx:
                await payment.resend_refund(tx, SYSTEM, refund.refund_id)
        town.move_clock(minutes=1)
    assert states[-1] == "SUCCEEDED"
    assert "DECLINED" in states


async def test_what_makes_no_sense_is_refused_and_loses_nothing(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    wrong: list[dict[str, object]] = [
        {"kind": "GIFT"}, {"reason": "bored"}, {"reason": "not_wanted"}, {"pieces": 5}, {"pieces": -1}, {"amount": -1},
        {"note": "长" * 200}, {"kind": "EXCHANGE", "reason": "not_received"},
    ]  # fmt: skip
    for case in wrong:
        with pytest.raises(Refusal):
            await ask(shopper, order_id, **case)  # type: ignore[arg-type]
    assert (await shopper.order(order_id)).open_cases == 0
    await town.check_books()
