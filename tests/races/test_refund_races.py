"""What two people do to one refund in the same moment, over many connections: exactly one of them did it."""

import asyncio
from collections.abc import Awaitable, Sequence

import pytest

from datong.adapters.payment import GatewayEvent
from datong.commerce import aftersale, payment
from datong.commerce.aftersale import Decision, RefundRequest
from datong.commerce.payment.refunds import send_refunds
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Refusal
from tests.cases import OTHER_STAFF, STAFF, CaseActions, ask, bought, lines, run_clocks, see, view
from tests.make import Shop, Town


async def together(*actions: Awaitable[object]) -> list[object]:
    """Do all at once; answers what each gave or refused, and lets nothing but refusals pass."""
    answers: Sequence[object] = await asyncio.gather(*actions, return_exceptions=True)
    for each in answers:
        if isinstance(each, BaseException) and not isinstance(each, Refusal):
            raise each
    return list(answers)


def won(answers: Sequence[object]) -> int:
    """How many were not refused."""
    return sum(1 for each in answers if not isinstance(each, Refusal))


@pytest.mark.parametrize("attempt", range(4))
async def test_a_refund_against_the_confirmation(town: Town, attempt: int) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    actions = [ask(shopper, order_id, key="once"), shopper.confirm(order_id)]
    answers = await together(*(actions if attempt % 2 else reversed(actions)))
    placed = await shopper.order(order_id)
    assert (placed.state == "TRADE_FINISHED") == (won(answers) == 2)
    assert placed.open_cases == 1, "a refund may be asked for before and after success"
    await town.check_books()


async def test_a_case_is_agreed_to_withdrawn_and_run_out_at_once(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    case_id = await ask(shopper, order_id, reason="not_wanted")
    town.move_clock(hours=25)
    version = (await see(town, case_id)).version

    async def do(number: int) -> object:
        if number % 3 == 2:
            return await aftersale.run_due_cases(town.db)
        async with town.db.begin(bucket_of(case_id)) as tx:
            if number % 3:
                return await aftersale.withdraw_refund(tx, shopper.actor, case_id, version)
            return await aftersale.agree_to_refund(tx, shop.owner, case_id, version)

    await together(*(do(number) for number in range(24)))
    case = await see(town, case_id)
    assert case.version == version + 1
    assert (await shopper.order(order_id)).refunded == (10_000 if case.state == "SUCCESS" else 0)
    await town.settle_down()
    await town.check_books()


async def to_decide(town: Town) -> tuple[Shop, CaseActions]:
    """A shop and a case of it that the platform is to decide."""
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    actions = CaseActions(town, await ask(shopper, order_id))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    town.move_clock(days=3, minutes=1)
    await run_clocks(town)
    return shop, actions


async def test_two_staff_decide_one_dispute(town: Town) -> None:
    _, actions = await to_decide(town)
    dispute = (await view(town, actions.case_id)).dispute
    assert dispute

    async def decide(number: int) -> object:
        decision = Decision(("refund", "reject")[number % 2], "decided on file", goodwill=100 + number)
        staff = (STAFF, OTHER_STAFF)[number % 2]
        return await aftersale.decide_dispute(town.db, staff, actions.case_id, dispute.version, decision)

    assert won(await together(*(decide(number) for number in range(12)))) == 1
    await town.settle_down()
    await town.check_books()


async def test_a_line_is_asked_back_many_times_at_once_and_sent_in_between(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    (line,) = await lines(town, order_id)

    async def do(number: int) -> object:
        if number == 5:
            return await shop.ship(order_id)
        async with town.db.begin(bucket_of(order_id)) as tx:
            return await aftersale.open_refund(
                tx, shopper.actor, order_id, line.line_id, RefundRequest("REFUND", "other"), f"key {number}"
            )  # fmt: skip

    answers = await together(*(do(number) for number in range(16)))
    assert won(answers) == 2, "one asked, one sent"
    town.move_clock(days=3)
    await run_clocks(town)
    await town.settle_down()
    await town.check_books()


async def test_the_gateways_word_about_a_refund_against_the_next_attempt(town: Town) -> None:
    """The answer was lost; its call-back, many times over, meets the sweep that asks again. Money goes back once."""
    shop, shopper, order_id = await bought(town)
    await CaseActions(town, await ask(shopper, order_id, reason="not_wanted")).agree(shop)
    town.gateway.faults.lose_answer = 1
    await send_refunds(town.db, town.adapters.gateways)
    town.move_clock(minutes=1)
    async with town.db.read() as tx:
        (refund,) = await payment.list_refunds(tx, order_id)
    word = GatewayEvent("word", "refund_succeeded", refund.refund_id, "sr", Money(refund.amount, refund.currency))

    async def do(number: int) -> object:
        if number % 2:
            return await send_refunds(town.db, town.adapters.gateways)
        return await payment.take_payment(town.db, word)

    await together(*(do(number) for number in range(16)))
    async with town.db.read() as tx:
        (refund,) = await payment.list_refunds(tx, order_id)
    assert refund.state == "SUCCEEDED"
    await town.check_books()
    late = GatewayEvent("late", "refund_failed", refund.refund_id, "sr", Money(refund.amount, refund.currency))
    await payment.take_payment(town.db, late)
    async with town.db.read() as tx:
        (refund,) = await payment.list_refunds(tx, order_id)
    assert refund.state == "DECLINED", "that it came back in the end counts"
    await town.check_books()
    town.move_clock(days=2)
    await town.settle_down()
    await town.check_books()


async def test_appeals_of_both_hands_at_once_are_one(town: Town) -> None:
    shop, actions = await to_decide(town)
    await actions.decide("refund")

    async def appeal() -> None:
        async with town.db.begin(bucket_of(actions.case_id)) as tx:
            await aftersale.appeal_decision(tx, shop.owner, actions.case_id, "there is a film of it")

    assert won(await together(*(appeal() for _ in range(8)))) == 1
    dispute = (await view(town, actions.case_id)).dispute
    assert dispute

    async def decide() -> None:
        await aftersale.decide_appeal(
            town.db, OTHER_STAFF, actions.case_id, dispute.version, 5_000, "the film shows it"
        )  # fmt: skip

    assert won(await together(*(decide() for _ in range(8)))) == 1
    await town.settle_down()
    await town.check_books()
