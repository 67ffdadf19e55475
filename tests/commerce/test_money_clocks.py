"""When payouts, refunds and silent charges are tried again, for how long, and what becomes of them at each answer."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from datong.adapters.payment import (
    ChargeOrder,
    GatewayDown,
    GatewayEvent,
    OpenedCharge,
    PayoutOrder,
    RefundAnswer,
    RefundOrder,
)  # fmt: skip
from datong.commerce import payment, rulebook
from datong.commerce.payment.escrow import EscrowShort
from datong.commerce.payment.ledger import Leg, post
from datong.commerce.payment.payouts import MIN_PAYOUT, BalanceShort, schedule_payouts, send_payouts
from datong.commerce.payment.reconciliation import check_lost_charges
from datong.commerce.payment.refunds import send_refunds
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import command, rows, value
from tests.instants import TICK, share_bucket, stop_clock
from tests.lessons import lesson, opened, read, refund, with_lessons, word_of
from tests.make import Shop, Town, open_town

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
PAYER = Actor(7, "member", {}, frozenset({"refund:resend"}))


class Row(msgspec.Struct, frozen=True):
    """What a clock looks at."""

    state: str
    attempts: int
    reason: str
    due_at: datetime | None


REFUND = rows(Row, "select state, attempts, reason, due_at from refund where $1 = 0 order by refund_id")
PAYOUT = rows(Row, "select state, attempts, reason, due_at from payout where $1 = 0 order by payout_id")
CHARGE_DUE = value(datetime | None, "select due_at from charge where $1 = 0 order by charge_id")  # type: ignore[arg-type]
PULL = command("update charge set due_at = requested_at where $1 = 0")
PAID_FACTS = value(int, "select count(*) from fact_outbox where kind = 'PayoutPaid'")
REFUND_IDS = value(int, "select refund_id from refund where $1 = 0 order by refund_id")


class Scripted:
    """A gateway that says what it is told to, and remembers what it was asked."""

    code = "sandbox"

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.orders: list[PayoutOrder | RefundOrder] = []
        self.asked: list[tuple[int, str]] = []
        self.event: GatewayEvent | None = None

    def _answer(self) -> RefundAnswer:
        word = self.answers.pop(0)
        if word == "down":
            raise GatewayDown("x" * 300)
        return RefundAnswer(word, reason="y" * 300 if word == "declined" else "")  # type: ignore[arg-type]

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        self.orders.append(order)
        return self._answer()

    async def pay_out(self, order: PayoutOrder) -> RefundAnswer:
        self.orders.append(order)
        return self._answer()

    async def open_charge(self, order: ChargeOrder) -> OpenedCharge:
        return OpenedCharge(f"ref-{order.charge_id}", f"http://pay/ref-{order.charge_id}")

    async def find_charge(self, charge_id: int, provider_ref: str) -> GatewayEvent | None:
        self.asked.append((charge_id, provider_ref))
        if self.answers and self.answers.pop(0) == "down":
            raise GatewayDown("no answer")
        return self.event

    def read_event(self, headers: object, body: bytes) -> GatewayEvent:
        raise NotImplementedError


@pytest.fixture
async def town(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town with lessons to be paid, where everyone lives in one bucket and the clock stands still."""
    share_bucket(monkeypatch)
    async with open_town(dsn, house=with_lessons(tmp_path / "lessons")) as opened_town:
        stop_clock(opened_town, monkeypatch)
        yield opened_town


async def earn(shop: Shop, amount: int, currency: str = "CNY") -> None:
    """Money on a shop's balance."""
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        await post(tx, [Leg("bank", 0, -amount), Leg("shop_balance", shop.id, amount)], currency, "test", shop.id)


async def request(shop: Shop, amount: int, key: str = "one", currency: str = "CNY") -> int:
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        return await payment.request_payout(tx, shop.owner, shop.id, Money(amount, currency), key)


async def look(town: Town, of: object = PAYOUT) -> list[Row]:
    async with town.db.read() as tx:
        return await tx.all(of, 0)  # type: ignore[arg-type]


async def payouts_of(shop: Shop) -> list[tuple[int, str]]:
    async with shop.town.db.read() as tx:
        return [(each.amount, each.state) for each in (await payment.list_payouts(tx, shop.owner, shop.id)).items]


async def to_account(shop: Shop, destination: str = "Bank 1", gateway: str = "sandbox") -> None:
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        await payment.set_payout_account(tx, shop.owner, shop.id, gateway, destination)


async def test_a_payout_is_asked_for_within_the_balance_and_above_the_least(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    await earn(shop, 10_000)
    await earn(other, 99_999)
    await earn(shop, 50_000, "USD")
    async with town.db.read() as tx:
        had = await payment.find_payout_account(tx, shop.owner, shop.id)
    assert had, "a shop says where it is paid when it opens"
    for wrong in ("", "x" * 101, "a\nb"):
        with pytest.raises(Invalid, match="1 to 100 characters") as invalid:
            await to_account(shop, wrong)
        assert invalid.value.field == "destination"
    await to_account(shop, "x" * 100)
    await to_account(other, "x")
    async with town.db.read() as tx:
        account = await payment.find_payout_account(tx, shop.owner, shop.id)
    assert account
    assert (account.gateway, account.destination) == ("sandbox", "x" * 100)
    with pytest.raises(Invalid, match="at least 10000") as invalid:
        await request(shop, 9_999)
    assert invalid.value.field == "amount"
    with pytest.raises(BalanceShort) as short:
        await request(shop, 10_001)
    assert short.value.details() == {"balance": 10_000}
    with pytest.raises(BalanceShort) as short:
        await request(shop, 10_001, currency="EUR")
    assert short.value.details() == {"balance": 0}
    made = await request(shop, 10_000)
    assert made == await request(shop, 10_000)
    async with town.db.read() as tx:
        (payout,) = (await payment.list_payouts(tx, shop.owner, shop.id)).items
        held = await payment.get_shop_balance(tx, shop.owner, shop.id)
    assert (payout.payout_id, payout.shop_id, payout.gateway, payout.amount) == (made, shop.id, "sandbox", 10_000)
    assert (payout.currency, payout.state, payout.requested_at) == ("CNY", "REQUESTED", town.db.now())
    amounts = {(each.account, each.currency): each.amount for each in held}
    assert (amounts["shop_balance", "CNY"], amounts["shop_balance", "USD"]) == (0, 50_000)
    assert await payouts_of(other) == []


async def test_a_payout_goes_by_each_answer_of_the_gateway_and_never_twice(town: Town) -> None:
    shop = await town.shop()
    await earn(shop, 30_000)
    await to_account(shop, "Bank 1")
    await request(shop, 10_000)
    now = town.db.now
    bank = Scripted("down", "down", "pending", "succeeded")
    assert await send_payouts(town.db, {"sandbox": bank}) == 1
    assert await look(town) == [Row("SENT", 1, "x" * 200, now() + SECOND)]
    assert await send_payouts(town.db, {"sandbox": bank}) == 0, "not before its pause is over"
    town.clock.shift += SECOND
    await send_payouts(town.db, {"sandbox": bank})
    assert await look(town) == [Row("SENT", 2, "x" * 200, now() + 2 * SECOND)]
    town.clock.shift += 2 * SECOND
    await send_payouts(town.db, {"sandbox": bank})
    assert await look(town) == [Row("SENT", 3, "", now() + HOUR)]
    town.clock.shift += HOUR
    await send_payouts(town.db, {"sandbox": bank})
    assert await look(town) == [Row("PAID", 3, "", None)]
    assert await send_payouts(town.db, {"sandbox": bank}) == 0
    sent = bank.orders[0]
    assert isinstance(sent, PayoutOrder)
    assert bank.orders == [PayoutOrder(sent.payout_id, "Bank 1", Money(10_000, "CNY"))] * 4
    async with town.db.read() as tx:
        assert await tx.one(PAID_FACTS) == 1
    await request(shop, 10_000, "two")
    await send_payouts(town.db, {"sandbox": Scripted("declined")})
    assert (await look(town))[1] == Row("DECLINED", 0, "y" * 200, None)
    assert await shop.balance() == 20_000, "what is declined is back on the balance"
    async with town.db.read() as tx:
        assert await tx.one(PAID_FACTS) == 1
        kinds = [each.kind for each in (await payment.list_statement(tx, shop.owner, shop.id)).items]
    assert kinds == ["payout_declined", "payout", "payout", "test"]


async def test_a_payout_of_a_gateway_that_is_not_there_waits_up_to_an_hour(town: Town) -> None:
    shop = await town.shop()
    await earn(shop, 10_000)
    await to_account(shop, "Bank 1", "gone")
    await request(shop, 10_000)
    for _ in range(13):
        await send_payouts(town.db, {})
        town.clock.shift += HOUR
    (waits,) = await look(town)
    assert (waits.state, waits.attempts, waits.due_at) == ("SENT", 13, town.db.now())
    assert await shop.balance() == 0


async def test_balances_worth_it_are_paid_out_once_in_a_day(town: Town) -> None:
    rich, poor, asked = await town.shop(), await town.shop(), await town.shop()
    for shop, amount in ((rich, 10_000), (poor, 9_999), (asked, 20_000)):
        await earn(shop, amount)
        await to_account(shop)
    await request(asked, 10_000)
    assert await schedule_payouts(town.db) == 1
    assert [await payouts_of(each) for each in (rich, poor, asked)] == [
        [(10_000, "REQUESTED")], [], [(10_000, "REQUESTED")],
    ]  # fmt: skip
    await earn(rich, 10_000)
    await earn(poor, 1)
    town.clock.shift += DAY - TICK
    assert await schedule_payouts(town.db) == 1, "only what was worth it has waited less than a day"
    assert await payouts_of(poor) == [(10_000, "REQUESTED")]
    town.clock.shift += TICK
    assert await schedule_payouts(town.db) == 2
    assert await payouts_of(rich) == [(10_000, "REQUESTED")] * 2
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, MIN_PAYOUT.name, 500)
    await earn(poor, 500)
    town.clock.shift += DAY
    assert await schedule_payouts(town.db) == 1
    assert await payouts_of(poor) == [(500, "REQUESTED"), (10_000, "REQUESTED")]


async def test_payouts_and_statements_are_read_page_by_page_newest_first(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    await earn(shop, 40_000)
    await earn(other, 10_000)
    made = [await request(shop, 10_000, f"key {number}") for number in range(3)]
    theirs = await request(other, 10_000)
    async with town.db.read() as tx:
        first = await payment.list_payouts(tx, shop.owner, shop.id, limit=2)
        rest = await payment.list_payouts(tx, shop.owner, shop.id, first.next_cursor, 2)
        found = [each.payout_id for each in [*first.items, *rest.items]]
        assert (len(first.items), found, rest.next_cursor) == (2, made[::-1], "")
        lines = await payment.list_statement(tx, shop.owner, shop.id, limit=3)
        last = await payment.list_statement(tx, shop.owner, shop.id, lines.next_cursor, 3)
        amounts = [each.amount for each in [*lines.items, *last.items]]
        assert (amounts, last.next_cursor) == ([-10_000] * 3 + [40_000], "")
        assert [each.payout_id for each in (await payment.list_payouts(tx, other.owner, other.id)).items] == [theirs]
        staff = Actor(7, "member", {}, frozenset({"ledger:read"}))
        entries = await payment.list_entries(tx, staff, "shop_balance", shop.id, limit=3)
        more = await payment.list_entries(tx, staff, "shop_balance", shop.id, entries.next_cursor, 3)
        assert [each.amount for each in [*entries.items, *more.items]] == amounts
        legs = await payment.get_posting(tx, staff, entries.items[0].posting_id)
        assert sorted((each.account, each.owner_id, each.amount) for each in legs) == [
            ("payout_due", made[2], 10_000), ("shop_balance", shop.id, -10_000),
        ]  # fmt: skip
        held = {(each.account, each.amount) for each in await payment.list_held(tx, staff, shop.id)}
        assert {("shop_balance", 10_000)} == {each for each in held if each[0] == "shop_balance"}
        assert [each.amount for each in await payment.list_held(tx, staff, made[0])] == [10_000]
        totals = {each.account: each.amount for each in await payment.list_platform_totals(tx, staff)}
        assert totals["bank"] == -50_000 - 2 * sum(each for name, each in held if name == "deposit")
        assert set(totals) <= {"bank", "fee"}
        with pytest.raises(Invalid, match="shop_balance") as invalid:
            await payment.list_entries(tx, staff, "bank", 0)
        assert invalid.value.field == "account"


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
    assert len({each for each in bank.orders if isinstance(each, RefundOrder)}) == 1
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
    with pytest.raises(EscrowShort):
        await refund(town, lesson_id, 1)
    await refund(town, lesson_id, 1_000, share_id=2)
    with pytest.raises(EscrowShort):
        await refund(town, lesson_id, 1, share_id=2)
    bank = Scripted("succeeded", "succeeded", "succeeded")
    assert await send_refunds(town.db, {"sandbox": bank}) == 3
    assert sorted(each.amount.amount for each in bank.orders) == [1_000, 1_500, 2_500]
    words, earned = await read(town, lesson_id)
    assert (sorted(words[2:]), earned) == (["refunded 1000 of 2", "refunded 1500 of 1", "refunded 2500 of 1"], 0)
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
