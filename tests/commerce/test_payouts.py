"""Payouts: within the balance, tried again by each answer, once a day; and what a ledger shows of them."""

from datetime import timedelta

import pytest

from datong.adapters.payment import PayoutOrder
from datong.commerce import payment, rulebook
from datong.commerce.payment.accounts import overdraft_function
from datong.commerce.payment.charges import ChargePart, request_charge
from datong.commerce.payment.ledger import Leg, post
from datong.commerce.payment.payouts import MIN_PAYOUT, BalanceShort, schedule_payouts, send_payouts
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command, rows, value
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Shop, Town
from tests.scripted import Row, Scripted

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
PAYOUT = rows(Row, "select state, attempts, reason, due_at from payout where $1 = 0 order by payout_id")
MAY_OVERDRAW = value(bool, "select ledger_may_overdraw($1)")
PAID_FACTS = value(int, "select count(*) from fact_outbox where kind = 'PayoutPaid'")


@pytest.fixture(autouse=True)
def _still(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone lives in one bucket, and the clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)


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
    nobodys = Actor(7, "member", {4096 + 77: frozenset({"payout:request"})})
    with pytest.raises(Invalid, match="where the shop is paid") as invalid:
        await town.db.run(payment.request_payout, nobodys, 4096 + 77, Money(10_000, "CNY"), "one")
    assert invalid.value.field == "destination"
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


async def test_the_database_lets_exactly_the_declared_accounts_go_below_zero(town: Town) -> None:
    accounts = town.db.house.accounts
    async with town.db.begin() as tx:
        await tx.run(command(overdraft_function(town.db.house)))
        allowed = {name: await tx.one(MAY_OVERDRAW, name) for name in accounts}
    assert allowed == {name: each.is_overdraft_allowed for name, each in accounts.items()}
    assert {name for name, may in allowed.items() if may} == {
        "gateway", "subsidy", "goodwill", "shop_transit", "shop_balance", "bank",
    }  # fmt: skip


async def test_nothing_is_charged_for_nothing(town: Town) -> None:
    async with town.db.begin(77) as tx:
        for parts in ([], [ChargePart(1, 0, 0)]):
            with pytest.raises(Invalid, match="nothing to pay") as invalid:
                await request_charge(tx, 7, ("purchase", 77), "sandbox", "CNY", parts)
            assert invalid.value.field == "amount"
        charge = await request_charge(tx, 7, ("purchase", 77), "sandbox", "CNY", [ChargePart(1, 0, 1)])
    assert (charge.amount, charge.state) == (1, "REQUESTED")
