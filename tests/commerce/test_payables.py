"""Anything may be charged: a sandbox room sells lessons through `payment`'s port, and the books hold."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from datong.adapters.payment import GatewayEvent
from datong.commerce import payment
from datong.commerce.payment.escrow import EscrowShort
from datong.commerce.payment.payables import PayableUnknown
from datong.commerce.payment.reconciliation import check_lost_charges
from datong.commerce.payment.refunds import send_refunds
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotFound
from tests.lessons import (
    CHARGES,
    EVENTS,
    PAID,
    PRICE,
    SENT,
    LessonPaid,
    Trouble,
    lesson,
    opened,
    read,
    refund,
    with_lessons,
    word_of,
)  # fmt: skip
from tests.make import Town, open_town


@pytest.fixture
async def town(dsn: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(dsn, house=with_lessons(tmp_path / "lessons")) as opened:
        yield opened


async def test_a_room_of_its_own_is_told_once_however_often_the_word_comes(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    event = await word_of(town, await opened(town, shopper.actor, lesson_id))
    news = await asyncio.gather(*(payment.take_payment(town.db, event) for _ in range(8)))
    assert sum(news) == 1
    assert await read(town, lesson_id) == (["paid 4000", "paid 1000"], PRICE)
    await town.check_books()


async def test_eight_openings_at_once_are_one_charge(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    refs = await asyncio.gather(*(opened(town, shopper.actor, lesson_id) for _ in range(8)))
    async with town.db.read() as tx:
        assert await tx.one(CHARGES, bucket_of(lesson_id), lesson_id) == 1
    assert len(set(refs)) == 1


async def test_a_stranger_learns_nothing_of_what_is_paid_or_not(town: Town) -> None:
    owner, lesson_id = await lesson(town)
    strangers = [(await town.shopper()).actor, Actor(owner.actor.id + 4096), (await town.shop()).owner]
    for _ in range(2):
        for stranger in strangers:
            with pytest.raises(NotFound) as refused:
                await opened(town, stranger, lesson_id)
            assert refused.value.details() == {"thing": "lesson", "id": str(lesson_id)}
        async with town.db.begin(bucket_of(lesson_id)) as tx:
            await tx.run(PAID, tx.bucket, lesson_id)
    with pytest.raises(LessonPaid):
        await opened(town, owner.actor, lesson_id)
    with pytest.raises(NotFound):
        await opened(town, owner.actor, lesson_id + 4096)
    async with town.db.read() as tx:
        assert await tx.one(CHARGES, bucket_of(lesson_id), lesson_id) == 0


async def test_an_unknown_kind_is_refused_before_money_moves(town: Town, dsn: str) -> None:
    shopper, lesson_id = await lesson(town)
    with pytest.raises(PayableUnknown):
        await opened(town, shopper.actor, lesson_id, "horse")
    with pytest.raises(Invalid):
        await opened(town, shopper.actor, lesson_id, gateway="horse")
    async with town.db.read() as tx:
        assert await tx.one(CHARGES, bucket_of(lesson_id), lesson_id) == 0
    event = await word_of(town, await opened(town, shopper.actor, lesson_id))
    async with open_town(dsn) as without:
        with pytest.raises(PayableUnknown):
            await payment.take_payment(without.db, event)
        assert await check_lost_charges(without.db, without.adapters.gateways) == 0
        async with without.db.read() as tx:
            assert await tx.one(EVENTS, bucket_of(event.subject_id), event.subject_id) == 0
    assert await payment.take_payment(town.db, event), "the room is back, and the word is taken"
    await town.check_books()


async def test_a_word_of_another_kind_settles_nothing(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    word = await word_of(town, await opened(town, shopper.actor, lesson_id))
    pending = msgspec.structs.replace(word, event_id="pending", kind="charge_pending")
    assert not await payment.take_payment(town.db, pending)
    assert await read(town, lesson_id) == ([], 0)
    assert await payment.take_payment(town.db, word), "it can still be paid"


async def test_a_failure_is_told_once_and_a_success_after_it_counts(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    failed = await word_of(town, await opened(town, shopper.actor, lesson_id), is_paid=False)
    again = msgspec.structs.replace(failed, event_id="again")
    assert [await payment.take_payment(town.db, each) for each in (failed, again, failed)] == [False] * 3
    late = msgspec.structs.replace(failed, event_id="late", kind="charge_succeeded")
    assert await payment.take_payment(town.db, late)
    assert await read(town, lesson_id) == (["failed", "paid 4000", "paid 1000"], PRICE)
    await town.check_books()


async def test_what_a_room_breaks_is_rolled_back_with_the_word_and_stops_nobody_else(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    shopper, lesson_id = await lesson(town)
    await word_of(town, await opened(town, shopper.actor, lesson_id))
    await shopper.fill(await (await town.shop()).product(PRICE))
    purchase_id = await shopper.place()
    await word_of(town, await shopper.open_charge(purchase_id))
    town.move_clock(minutes=11)
    Trouble.fails = True
    assert await check_lost_charges(town.db, town.adapters.gateways) == 1
    assert [each.message for each in caplog.records] == ["the answer about a charge cannot be taken"]
    assert {each.state for each in await shopper.orders(purchase_id)} == {"WAIT_SELLER_SEND_GOODS"}
    assert await read(town, lesson_id) == ([], 0)
    assert await check_lost_charges(town.db, town.adapters.gateways) == 0, "it is put off"
    Trouble.fails = False
    town.move_clock(minutes=61)
    assert await check_lost_charges(town.db, town.adapters.gateways) == 1
    assert await read(town, lesson_id) == (["paid 4000", "paid 1000"], PRICE)
    await town.check_books()


async def test_a_refund_is_told_once_even_if_the_bank_sends_it_back_first(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    await payment.take_payment(town.db, await word_of(town, await opened(town, shopper.actor, lesson_id)))
    await refund(town, lesson_id, 3_000)
    with pytest.raises(EscrowShort):
        await refund(town, lesson_id, 1_001)
    await send_refunds(town.db, town.adapters.gateways)
    async with town.db.read() as tx:
        (sent,) = await tx.all(SENT, bucket_of(lesson_id))
    back = GatewayEvent("bounced", "refund_failed", sent, "", Money(3_000, "CNY"))
    assert not await payment.take_payment(town.db, back)
    await town.check_books()
    town.move_clock(days=2)
    await send_refunds(town.db, town.adapters.gateways)
    words, earned = await read(town, lesson_id)
    assert (words[2:], earned) == (["refunded 3000 of 1"], PRICE - 3_000)
    await town.check_books()


async def test_the_same_thing_under_two_kinds_has_its_money_apart(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    refs = [await opened(town, shopper.actor, lesson_id, kind) for kind in ("lesson", "tip")]
    assert len(set(refs)) == 2
    await payment.take_payment(town.db, await word_of(town, refs[0]))
    with pytest.raises(EscrowShort):
        await refund(town, lesson_id, 1, kind="tip")
    await refund(town, lesson_id, 4_000)
    await send_refunds(town.db, town.adapters.gateways)
    await town.check_books()


async def test_a_share_goes_to_no_account_that_no_room_declares(town: Town) -> None:
    shopper, lesson_id = await lesson(town)
    await payment.take_payment(town.db, await word_of(town, await opened(town, shopper.actor, lesson_id)))
    with pytest.raises(ValueError, match="horse is no ledger account"):
        async with town.db.begin(bucket_of(lesson_id)) as tx:
            paid_for = ("lesson", lesson_id, 1)
            await payment.refund_account(tx, paid_for, Money(1, "CNY"), ("horse", 0), "horse_refunded")
