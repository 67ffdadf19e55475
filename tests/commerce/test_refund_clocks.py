"""When refunds and silent charges are tried again, for how long, and what becomes of them at each answer."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from datong.adapters.payment import (
    GatewayEvent,
    RefundOrder,
)  # fmt: skip
from datong.commerce import payment
from datong.commerce.payment.escrow import EscrowShort
from datong.commerce.payment.reconciliation import check_lost_charges
from datong.commerce.payment.refunds import send_refunds
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.refusal import NotFound
from datong.kernel.sql import command, rows, value
from tests.instants import TICK, share_bucket, stop_clock
from tests.lessons import PRICE, lesson, opened, read, refund, with_lessons, word_of
from tests.make import Town, open_town
from tests.scripted import Row, Scripted

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
PAYER = Actor(7, "member", {}, frozenset({"refund:resend"}))


REFUND = rows(Row, "select state, attempts, reason, due_at from refund where $1 = 0 order by refund_id")
CHARGE_DUE = value(datetime | None, "select due_at from charge where $1 = 0 order by charge_id")  # type: ignore[arg-type]
PULL = command("update charge set due_at = requested_at where $1 = 0")
REFUND_IDS = value(int, "select refund_id from refund where $1 = 0 order by refund_id")


@pytest.fixture
async def town(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town with lessons to be paid, where everyone lives in one bucket and the clock stands still."""
    share_bucket(monkeypatch)
    async with open_town(dsn, house=with_lessons(tmp_path / "lessons")) as opened_town:
        stop_clock(opened_town, monkeypatch)
        yield opened_town


async def look(town: Town, of: object = REFUND) -> list[Row]:
    async with town.db.read() as tx:
        return await tx.all(of, 0)  # type: ignore[arg-type]


async def paid_lesson(town: Town, *amounts: int) -> int:
    """A lesson that is paid, with refunds of its first share; answers its id."""
    shopper, lesson_id = await lesson(town)
    await payment.take_payment(town.db, await word_of(town, await opened(town, shopper.actor, lesson_id)))
    for amount in amounts:
        await refund(town, lesson_id, amount)
    return lesson_id


async def test_a_refund_goes_by_each_answer_of_the_gateway(town: Town) -> None:
    lesson_id = await paid_lesson(town, 1_500)
    now = town.db.now
    bank = Scripted("down", "down", "pending", "declined", "succeeded")
    assert await send_refunds(town.db, {"sandbox": bank}) == 1
    assert await look(town, REFUND) == [Row("SENT", 1, "x" * 200, now() + SECOND)]
    assert await send_refunds(town.db, {"sandbox": bank}) == 0, "not before its pause is over"
    for pause, then in (
        (SECOND, Row("SENT", 2, "x" * 200, None)), (2 * SECOND, Row("SENT", 3, "", None)),
        (HOUR, Row("DECLINED", 4, "y" * 200, None)),
    ):  # fmt: skip
        town.clock.shift += pause
        await send_refunds(town.db, {"sandbox": bank})
        next_pause = {2: 2 * SECOND, 3: HOUR, 4: DAY}[then.attempts]
        assert await look(town, REFUND) == [msgspec.structs.replace(then, due_at=now() + next_pause)]
    town.clock.shift += DAY
    await send_refunds(town.db, {"sandbox": bank})
    assert await look(town, REFUND) == [Row("SUCCEEDED", 4, "y" * 200, None)]
    assert await send_refunds(town.db, {"sandbox": bank}) == 0
    keys = [(each.refund_id, each.declines) for each in bank.orders if isinstance(each, RefundOrder)]
    assert [declines for _, declines in keys] == [0, 0, 0, 0, 1], "after a refusal it is a new request"
    assert len({refund_id for refund_id, _ in keys}) == 1
    assert (len(bank.orders), bank.orders[0].amount) == (5, Money(1_500, "CNY"))
    assert (await read(town, lesson_id))[0][2:] == ["refunded 1500 of 1"]
    await town.check_books()


async def test_a_refund_of_a_gateway_that_is_not_there_waits_up_to_an_hour(town: Town) -> None:
    await paid_lesson(town, 1_500)
    for _ in range(13):
        await send_refunds(town.db, {})
        town.clock.shift += HOUR
    (waits,) = await look(town, REFUND)
    assert (waits.state, waits.attempts, waits.due_at) == ("SENT", 13, town.db.now())


async def test_refunds_never_exceed_the_share_they_came_with(town: Town) -> None:
    lesson_id = await paid_lesson(town, 1_500, 2_500)
    await paid_lesson(town)
    with pytest.raises(EscrowShort):
        await refund(town, lesson_id, 1)
    await refund(town, lesson_id, 1_000, share_id=2)
    with pytest.raises(EscrowShort):
        await refund(town, lesson_id, 1, share_id=2)
    bank = Scripted("succeeded", "succeeded", "succeeded")
    assert await send_refunds(town.db, {"sandbox": bank}) == 3
    assert sorted(each.amount.amount for each in bank.orders) == [1_000, 1_500, 2_500]
    words, earned = await read(town, lesson_id)
    assert sorted(words[2:]) == ["refunded 1000 of 2", "refunded 1500 of 1", "refunded 2500 of 1"]
    assert earned == PRICE, "what the other lesson brought"
    await town.check_books()


async def test_a_gateways_word_about_a_refund_counts_if_it_is_of_its_amount(town: Town) -> None:
    lesson_id = await paid_lesson(town, 1_500, 2_500)
    async with town.db.read() as tx:
        first, second = await tx.all(REFUND_IDS, 0)

    async def say(kind: str, subject_id: int, amount: int, currency: str = "CNY") -> None:
        event = GatewayEvent(f"event {town.next()}", kind, subject_id, "", Money(amount, currency))  # type: ignore[arg-type]
        assert not await payment.take_payment(town.db, event)

    await say("refund_succeeded", first, 1_499)
    await say("refund_succeeded", first, 1_500, "USD")
    await say("refund_succeeded", first + 4096 * 999, 1_500)
    await say("refund_succeeded", 0, 1_500)
    await say("refund_succeeded", -1, 1_500)
    assert [each.state for each in await look(town, REFUND)] == ["REQUESTED", "REQUESTED"]
    await say("refund_succeeded", first, 1_500)
    await say("refund_succeeded", first, 1_500)
    assert [each.state for each in await look(town, REFUND)] == ["SUCCEEDED", "REQUESTED"]
    await say("refund_failed", second, 2_500)
    now, bounced = town.db.now(), "the gateway sent it back"
    assert (await look(town, REFUND))[1] == Row("DECLINED", 1, bounced, now + DAY)
    await say("refund_failed", first, 1_500)
    assert (await look(town, REFUND))[0] == Row("DECLINED", 1, bounced, now + DAY)
    await town.check_books()
    town.clock.shift += TICK
    await say("refund_succeeded", first, 1_500)
    assert (await read(town, lesson_id))[0][2:] == ["refunded 1500 of 1"], "said once, whatever the bank does"
    await town.check_books()


async def test_a_declined_refund_is_listed_and_sent_again_on_request(town: Town) -> None:
    await paid_lesson(town, 1_500, 2_500)
    async with town.db.read() as tx:
        first, second = await tx.all(REFUND_IDS, 0)
        assert await payment.list_declined_refunds(tx, PAYER) == []
    for refund_id in (first, first + 4096 * 999):
        with pytest.raises(NotFound) as missing:
            await town.db.run(payment.resend_refund, PAYER, refund_id)
        assert missing.value.details() == {"thing": "refund", "id": str(refund_id)}
    await send_refunds(town.db, {"sandbox": Scripted("declined", "pending")})
    async with town.db.read() as tx:
        (declined,) = await payment.list_declined_refunds(tx, PAYER)
    assert (declined.refund_id, declined.attempts, declined.is_extra, declined.case_id) == (first, 1, False, 0)
    await town.db.run(payment.resend_refund, PAYER, first)
    assert [each.due_at == town.db.now() for each in await look(town, REFUND)] == [True, False]
    await town.db.run(payment.resend_refund, PAYER, second)
    assert await send_refunds(town.db, {"sandbox": Scripted("succeeded", "succeeded")}) == 2
    with pytest.raises(NotFound):
        await town.db.run(payment.resend_refund, PAYER, second)
    await town.check_books()


async def test_a_silent_charge_is_asked_after_for_a_week_with_growing_pauses(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    gateway = Scripted()
    gateways = {"sandbox": gateway}
    await payment.open_charge(town.db, gateways, shopper.actor, "lesson", lesson_id, "sandbox", "http://test")
    start = town.db.now()

    async def due() -> datetime | None:
        async with town.db.read() as tx:
            (found,) = await tx.all(CHARGE_DUE, 0)
        return found

    assert await due() == start + timedelta(minutes=10)
    town.clock.shift += timedelta(minutes=10) - TICK
    assert (await check_lost_charges(town.db, gateways), gateway.asked) == (0, [])
    town.clock.shift += TICK
    gateway.answers = ["down"]
    assert await check_lost_charges(town.db, gateways) == 0
    (asked,) = gateway.asked
    assert asked[1] == f"ref-{asked[0]}"
    for age, pause in (
        (timedelta(minutes=10), timedelta(minutes=10)), (HOUR - TICK, timedelta(minutes=10)), (HOUR, HOUR),
        (timedelta(days=7), HOUR), (timedelta(days=7) + TICK, None),
    ):  # fmt: skip
        town.clock.shift += start + age - town.db.now()
        async with town.db.begin() as tx:
            await tx.run(PULL, 0)
        assert await check_lost_charges(town.db, gateways) == 0
        assert await due() == (None if pause is None else town.db.now() + pause), age
    assert await check_lost_charges(town.db, gateways) == 0
    assert len(gateway.asked) == 6


async def test_a_gateway_that_is_away_is_asked_until_it_answers(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    gateway = Scripted()
    gateways = {"sandbox": gateway}
    await payment.open_charge(town.db, gateways, shopper.actor, "lesson", lesson_id, "sandbox", "http://test")
    town.clock.shift += timedelta(days=40)
    for answers, due in ((["down"], town.db.now() + DAY), ([], None)):
        gateway.answers = answers
        async with town.db.begin() as tx:
            await tx.run(PULL, 0)
        assert await check_lost_charges(town.db, gateways) == 0
        async with town.db.read() as tx:
            assert await tx.all(CHARGE_DUE, 0) == [due]
