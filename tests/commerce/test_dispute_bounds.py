"""Disputes at their bounds: each clock to the instant, reasons, amounts to the cent, appeals and goodwill."""

from datetime import datetime, timedelta

import msgspec
import pytest

from datong.commerce import aftersale
from datong.commerce.aftersale import Decision, HelpStatus, NoDispute, ReturnAddress
from datong.commerce.aftersale.deadlines import GOODWILL_MONTH
from datong.commerce.aftersale.goodwill import reserve_goodwill
from datong.commerce.aftersale.transitions import DisputeIsOpen
from datong.commerce.rulebook import set_parameter
from datong.kernel.actor import SYSTEM
from datong.kernel.refusal import Invalid, Refusal
from tests.cases import ADDRESS, OTHER_STAFF, STAFF, CaseActions, ask, bought, see, view
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Shop, Shopper, Town

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _still(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone lives in one bucket, and the clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)


async def sent_order(town: Town) -> tuple[Shop, Shopper, int]:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    await town.deliver()
    return shop, shopper, order_id


async def disputed(town: Town) -> tuple[Shop, Shopper, int, CaseActions]:
    """A case about which staff may decide."""
    shop, shopper, order_id = await sent_order(town)
    actions = CaseActions(town, await ask(shopper, order_id))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    for actor in (shopper.actor, shop.owner):
        await town.db.run(aftersale.complete_evidence, actor, actions.case_id)
    return shop, shopper, order_id, actions


async def dispute_of(town: Town, case_id: int) -> tuple[int, datetime | None]:
    found = (await view(town, case_id)).dispute
    assert found
    return found.cs_status, found.due_at


async def test_a_dispute_has_three_days_for_evidence_two_for_staff_and_three_for_an_appeal(town: Town) -> None:
    shop, shopper, order_id = await sent_order(town)
    actions = CaseActions(town, await ask(shopper, order_id))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    with pytest.raises(DisputeIsOpen):
        await actions.call(shopper.actor)
    now = town.db.now()
    assert await dispute_of(town, actions.case_id) == (HelpStatus.EVIDENCE, now + 3 * DAY)
    await town.db.run(aftersale.complete_evidence, shop.owner, actions.case_id)
    assert await dispute_of(town, actions.case_id) == (HelpStatus.EVIDENCE, now + 3 * DAY)
    town.clock.shift += 3 * DAY - TICK
    assert await aftersale.run_due_cases(town.db) == 0
    town.clock.shift += TICK
    assert await aftersale.run_due_cases(town.db) == 1
    assert await dispute_of(town, actions.case_id) == (HelpStatus.IN, town.db.now() + 48 * HOUR)
    async with town.db.read() as tx:
        (entry,) = await aftersale.list_desk(tx, STAFF)
        assert await aftersale.list_desk(tx, STAFF, [HelpStatus.APPEAL.value]) == []
        with pytest.raises(Invalid, match="3, 10 or 11") as invalid:
            await aftersale.list_desk(tx, STAFF, [6])
    assert (entry[0].cs_status, entry[1].case_id, invalid.value.field) == (3, actions.case_id, "status")
    await actions.decide("refund", 4_000)
    decided = town.db.now()
    assert await dispute_of(town, actions.case_id) == (HelpStatus.BUYER_WINS, decided + 72 * HOUR)
    assert (await see(town, actions.case_id)).paid_back == 4_000
    town.clock.shift += 72 * HOUR - TICK
    assert await aftersale.run_due_cases(town.db) == 0
    town.clock.shift += TICK
    with pytest.raises(NoDispute):
        await town.db.run(aftersale.appeal_decision, shop.owner, actions.case_id, "there is a film")
    assert await aftersale.run_due_cases(town.db) == 1
    assert await dispute_of(town, actions.case_id) == (HelpStatus.DONE, None)
    await town.settle_down()
    await town.check_books()


async def test_a_decision_says_why_and_gives_no_more_than_is_left(town: Town) -> None:
    _, _, _, actions = await disputed(town)

    async def decide(decision: Decision, version: int = 0) -> None:
        dispute = (await view(town, actions.case_id)).dispute
        assert dispute
        await aftersale.decide_dispute(town.db, STAFF, actions.case_id, version or dispute.version, decision)

    for reason in ("x" * 9, "x" * 1_001, " " * 20):
        with pytest.raises(Invalid, match="10 to 1000 characters") as invalid:
            await decide(Decision("refund", reason))
        assert invalid.value.field == "reason"
    with pytest.raises(Invalid) as invalid:
        await decide(Decision("gift", "x" * 10))
    assert invalid.value.details() == {"field": "outcome", "reason": "refund, return_first, reject"}
    for amount in (10_001, -1):
        with pytest.raises(Refusal) as refused:
            await decide(Decision("refund", "x" * 10, amount))
        assert (refused.value.code, refused.value.details()) == ("order.refund_too_high", {"left": 10_000})
    for goodwill in (20_001, -1):
        with pytest.raises(Invalid, match="0 to 20000"):
            await decide(Decision("refund", "x" * 10, 0, goodwill))
    with pytest.raises(aftersale.CaseMoved) as moved:
        await decide(Decision("refund", "x" * 10), 99)
    found = (await view(town, actions.case_id)).dispute
    assert found
    assert moved.value.details() == {"version": found.version}
    await decide(Decision("refund", "x" * 1_000, 10_000, 20_000))
    after = (await view(town, actions.case_id)).dispute
    assert after
    assert (after.version, after.amount, after.goodwill, after.outcome) == (found.version + 1, 10_000, 20_000, "refund")
    assert (after.decided_by, after.decided_at, after.reason) == (STAFF.id, town.db.now(), "x" * 1_000)
    with pytest.raises(NoDispute):
        await decide(Decision("refund", "x" * 10))
    await town.check_books()


async def test_an_appeal_makes_good_what_was_wrong_within_what_there_is(town: Town) -> None:
    shop, _, _, actions = await disputed(town)
    await actions.decide("refund", 6_000)
    for text in ("x" * 9, "x" * 1_001):
        with pytest.raises(Invalid, match="10 to 1000 characters"):
            await town.db.run(aftersale.appeal_decision, shop.owner, actions.case_id, text)
    await town.db.run(aftersale.appeal_decision, shop.owner, actions.case_id, "x" * 10)
    assert await dispute_of(town, actions.case_id) == (HelpStatus.APPEAL, town.db.now() + 48 * HOUR)

    async def decide(amount: int, reason: str = "the film shows it", version: int = 0) -> None:
        found = (await view(town, actions.case_id)).dispute
        assert found
        await aftersale.decide_appeal(town.db, OTHER_STAFF, actions.case_id, version or found.version, amount, reason)

    with pytest.raises(Invalid, match="0 or more") as invalid:
        await decide(-1)
    assert invalid.value.field == "amount"
    with pytest.raises(Refusal) as refused:
        await decide(6_001)
    assert (refused.value.code, refused.value.details()) == ("order.refund_too_high", {"left": 6_000})
    with pytest.raises(Invalid, match="10 to 1000 characters"):
        await decide(1, "short")
    with pytest.raises(aftersale.CaseMoved):
        await decide(1, version=1)
    await decide(6_000)
    found = (await view(town, actions.case_id)).dispute
    assert found
    assert (found.appeal_outcome, found.compensated, found.cs_status, found.due_at) == ("upheld", 6_000, 6, None)
    with pytest.raises(NoDispute):
        await decide(0)
    await town.settle_down()
    await town.check_books()


async def test_goodwill_is_within_a_dispute_and_a_month(town: Town) -> None:
    async with town.db.begin() as tx:
        await set_parameter(tx, SYSTEM, GOODWILL_MONTH.name, 25_000)
    for amount in (0, -1, 20_001):
        with pytest.raises(Invalid, match="0 to 20000") as invalid:
            await reserve_goodwill(town.db, amount)
        assert invalid.value.field == "goodwill"
    await reserve_goodwill(town.db, 20_000)
    with pytest.raises(aftersale.GoodwillShort) as short:
        await reserve_goodwill(town.db, 5_001)
    assert short.value.details() == {"left": 5_000}
    await reserve_goodwill(town.db, 5_000)
    with pytest.raises(aftersale.GoodwillShort) as short:
        await reserve_goodwill(town.db, 1)
    assert short.value.details() == {"left": 0}
    town.clock.shift += 31 * DAY
    await reserve_goodwill(town.db, 20_000)


async def test_returns_go_to_an_address_that_can_be_read(town: Town) -> None:
    shop = await town.shop()
    for change in ({"city": ""}, {"street": "x" * 201}, {"phone": "1\n2"}, {"receiver": "  "}, {"region": "99"}):
        address = msgspec.structs.replace(ADDRESS, **change)
        with pytest.raises(Invalid) as invalid:
            await town.db.run(aftersale.set_return_address, shop.owner, shop.id, address)
        assert invalid.value.field == next(iter(change))
    longest = ReturnAddress("x" * 200, "1", "31", "x", "x")
    for address in (ADDRESS, longest):
        await town.db.run(aftersale.set_return_address, shop.owner, shop.id, address)
    async with town.db.read() as tx:
        assert await aftersale.find_return_address(tx, shop.id) == longest
        assert await aftersale.find_return_address(tx, (await town.shop()).id) is None
