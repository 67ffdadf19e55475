"""Refund cases at their bounds: what may be asked to the cent, each clock to the instant, and lists page by page."""

from datetime import timedelta

import pytest

from datong.commerce import aftersale, payment
from datong.commerce.aftersale import (
    RefundRequest,
    ReturnShipment,
    WindowOver,
)  # fmt: skip
from datong.commerce.aftersale.deadlines import NOTE_BYTES, no_reason_until
from datong.commerce.aftersale.responses import BatchTooLarge
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid, NotFound, Refusal
from tests.cases import (
    ADDRESS,
    CaseActions,
    ask,
    bought,
    lines,
    run_clocks,
    see,
    tell_delivered,
    view,
)
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Shop, Shopper, Town

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _still(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone lives in one bucket, and the clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)


async def refusal_of(
    shopper: Shopper, order_id: int, kind: str = "REFUND", reason: str = "quality", **more: object
) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await ask(shopper, order_id, kind, reason, **more)  # type: ignore[arg-type]
    return refused.value


async def due_in(town: Town, case_id: int) -> timedelta:
    found = (await see(town, case_id)).due_at
    assert found
    return found - town.db.now()


async def sent_order(town: Town, price: int = 10_000, quantity: int = 1) -> tuple[Shop, Shopper, int]:
    shop, shopper, order_id = await bought(town, price, quantity)
    await shop.ship(order_id)
    await town.deliver()
    return shop, shopper, order_id


async def test_what_is_asked_is_within_the_lines_own_share(town: Town) -> None:
    _, shopper, order_id = await sent_order(town, 1_000, 3)
    for amount, pieces, left in ((3_001, 0, 3_000), (1_001, 1, 1_000), (-1, 0, 3_000)):
        refused = await refusal_of(shopper, order_id, amount=amount, pieces=pieces)
        assert (refused.code, refused.details()) == ("order.refund_too_high", {"left": left})
    for pieces in (-1, 4):
        assert (await refusal_of(shopper, order_id, pieces=pieces)).details() == {"field": "pieces", "reason": "1 to 3"}
    note = (await refusal_of(shopper, order_id, note="x" * (NOTE_BYTES + 1))).details()
    assert note == {"field": "note", "reason": "at most 400 bytes"}
    assert (await refusal_of(shopper, order_id, kind="GIFT")).details()["field"] == "kind"
    assert (await refusal_of(shopper, order_id, reason="not_wanted")).details()["field"] == "reason"
    case_id = await ask(shopper, order_id, amount=1_000, pieces=1, note="长" * 133 + "x")
    case = await see(town, case_id)
    assert (case.amount, case.pieces, case.phase, case.is_sent, case.version) == (1_000, 1, "onsale", True, 1)
    assert await due_in(town, case_id) == 48 * HOUR
    assert (await refusal_of(shopper, order_id)).code == "aftersale.case_is_open"
    (shown,) = (await view(town, case_id)).events
    assert (shown.action, shown.side, shown.actor_id, shown.details["answer_hours"]) == (
        "asked",
        "buyer",
        shopper.actor.id,
        48,
    )


async def test_money_that_is_left_of_pieces_given_back_is_asked_for_as_one_piece(town: Town) -> None:
    shop, shopper, order_id = await sent_order(town, 1_000, 2)
    first = await ask(shopper, order_id, amount=1_500)
    await CaseActions(town, first).agree(shop)
    assert (await refusal_of(shopper, order_id, pieces=2)).details() == {"field": "pieces", "reason": "1 to 1"}
    case = await see(town, await ask(shopper, order_id))
    assert ((await see(town, first)).pieces, case.amount, case.pieces) == (2, 500, 1)
    await CaseActions(town, case.case_id).agree(shop)
    assert (await refusal_of(shopper, order_id)).details() == {"state": "TRADE_CLOSED"}
    await town.check_books()


async def test_what_was_not_sent_is_asked_back_whole_and_answered_in_a_day(town: Town) -> None:
    shop, shopper, order_id = await bought(town, 1_000, 3)
    for part in ({"amount": 5}, {"amount": -1}, {"amount": 10**15}, {"pieces": 2}):
        with pytest.raises(Invalid):
            await ask(shopper, order_id, "REFUND", "not_wanted", **part)  # type: ignore[arg-type]
    case_id = await ask(shopper, order_id, reason="not_wanted", amount=3_000, pieces=3, is_received=True)
    case = await see(town, case_id)
    assert (case.amount, case.pieces, case.is_sent, case.is_received) == (3_000, 3, False, False)
    assert await due_in(town, case_id) == DAY
    with pytest.raises(aftersale.MayNotRefuse):
        await CaseActions(town, case_id).refuse(shop)
    town.clock.shift += DAY - TICK
    assert await aftersale.run_due_cases(town.db) == 0
    town.clock.shift += TICK
    assert await aftersale.run_due_cases(town.db) == 1
    ended = await see(town, case_id)
    assert (ended.state, ended.end_reason, ended.paid_back, ended.ended_at) == (
        "SUCCESS",
        "seller_silent",
        3_000,
        town.db.now(),
    )
    await town.check_books()


async def test_after_success_the_window_is_fifteen_days_to_the_instant(town: Town) -> None:
    _, shopper, order_id = await sent_order(town)
    await shopper.confirm(order_id)
    await town.deliver()
    ended = town.db.now()
    town.clock.shift += 15 * DAY - TICK
    case_id = await ask(shopper, order_id)
    assert (await see(town, case_id)).phase == "aftersale"
    await CaseActions(town, case_id).withdraw(shopper)
    town.clock.shift += TICK
    over = await refusal_of(shopper, order_id)
    assert isinstance(over, WindowOver)
    assert over.details() == {"ended_at": (ended + 15 * DAY).isoformat()}


async def test_no_reason_is_for_seven_days_after_the_midnight_that_follows_signing(town: Town) -> None:
    _, shopper, order_id = await sent_order(town)
    await tell_delivered(town, order_id)
    async with town.db.read() as tx:
        zone = (await get_storefronts(tx)).all[0].zone
    signed = town.db.now()
    until = no_reason_until(signed, zone, 7)
    assert until == no_reason_until(signed.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0), zone, 7)
    assert no_reason_until(signed + DAY, zone, 6) == until
    assert until - no_reason_until(signed, zone, 0) == 7 * DAY
    town.clock.shift += until - TICK - signed
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")
    await CaseActions(town, case_id).withdraw(shopper)
    town.clock.shift += TICK
    refused = await refusal_of(shopper, order_id, "REFUND_AND_RETURN", "no_reason")
    assert (refused.code, refused.details()) == ("aftersale.window_over", {"ended_at": until.isoformat()})


async def test_a_return_has_its_days_at_every_step(town: Town) -> None:
    shop, shopper, order_id = await sent_order(town, 10_000, 2)
    actions = CaseActions(town, await ask(shopper, order_id, "REFUND_AND_RETURN"))
    await actions.agree(shop)
    case = await see(town, actions.case_id)
    assert (case.state, case.return_address) == ("WAIT_BUYER_RETURN_GOODS", ADDRESS.as_dict())
    assert await due_in(town, actions.case_id) == 7 * DAY
    for freight in (-1, 2_501):
        with pytest.raises(Invalid, match="0 to 2500") as invalid:
            await actions.send_back(shopper, freight)
        assert invalid.value.field == "freight"
    for courier in ("", "x" * 41, "a\nb"):
        with pytest.raises(Invalid, match="1 to 40 characters") as invalid:
            await actions._do(aftersale.send_back, shopper.actor, ReturnShipment(courier, "RT-00001"))
        assert invalid.value.field == "courier"
    await actions.send_back(shopper, 2_500)
    assert await due_in(town, actions.case_id) == 10 * DAY
    town.clock.shift += DAY
    await tell_delivered(town, order_id, actions.case_id)
    assert await due_in(town, actions.case_id) == 3 * DAY
    for text in ("x", "x" * 201, "  x "):
        with pytest.raises(Invalid, match="2 to 200 characters") as invalid:
            await actions.refuse(shop, text)
        assert invalid.value.field == "text"
    refused = await actions.refuse(shop, " " + "x" * 200)
    assert (refused.state, refused.is_returned) == ("SELLER_REFUSE_BUYER", True)
    assert await due_in(town, actions.case_id) == 7 * DAY
    town.clock.shift += 7 * DAY - TICK
    assert await aftersale.run_due_cases(town.db) == 0
    town.clock.shift += TICK
    await run_clocks(town)
    assert (await see(town, actions.case_id)).state == "WAIT_SELLER_RETURN_GOODS"
    assert await due_in(town, actions.case_id) == 7 * DAY
    town.clock.shift += 7 * DAY - TICK
    assert await aftersale.run_due_cases(town.db) == 0
    town.clock.shift += TICK
    await run_clocks(town)
    assert (await see(town, actions.case_id)).end_reason == "goods_kept"
    await town.check_books()


async def test_a_signed_return_never_gains_time_and_pays_with_its_freight(town: Town) -> None:
    shop, shopper, order_id = await sent_order(town)
    actions = CaseActions(town, await ask(shopper, order_id, "REFUND_AND_RETURN"))
    await actions.agree(shop)
    await actions.send_back(shopper, 700)
    town.clock.shift += 8 * DAY
    await tell_delivered(town, order_id, actions.case_id)
    assert await due_in(town, actions.case_id) == 2 * DAY
    town.clock.shift += 2 * DAY
    await run_clocks(town)
    ended = await see(town, actions.case_id)
    assert (ended.state, ended.end_reason, ended.paid_back) == ("SUCCESS", "receipt_silent", 10_000)
    async with town.db.read() as tx:
        refunds = await payment.list_refunds(tx, order_id)
    assert sorted((each.amount, each.is_extra, each.case_id) for each in refunds) == [
        (700, True, actions.case_id), (10_000, False, actions.case_id),
    ]  # fmt: skip
    (line,) = await lines(town, order_id)
    assert line.stock_fate != "RESTOCKED", "nobody has said that it can be sold again"
    await town.check_books()


async def test_a_replacement_has_two_days_to_go_and_ten_to_arrive(town: Town) -> None:
    shop, shopper, order_id = await sent_order(town)
    first = CaseActions(town, await ask(shopper, order_id, "RESHIPPING", "not_received"))
    assert ((await see(town, first.case_id)).amount, (await see(town, first.case_id)).pieces) == (0, 1)
    await first.agree(shop)
    assert await due_in(town, first.case_id) == 48 * HOUR
    await first.replace(shop)
    assert await due_in(town, first.case_id) == 10 * DAY
    town.clock.shift += 10 * DAY
    await run_clocks(town)
    ended = await see(town, first.case_id)
    assert (ended.state, ended.end_reason, ended.paid_back) == ("SUCCESS", "replacement_silent", 0)
    second = CaseActions(town, await ask(shopper, order_id, "EXCHANGE", "damaged"))
    await second.agree(shop)
    await second.send_back(shopper)
    assert (await second.confirm_return(shop)).is_returned
    assert await due_in(town, second.case_id) == 48 * HOUR
    town.clock.shift += 48 * HOUR
    await run_clocks(town)
    late = await see(town, second.case_id)
    assert (late.state, late.end_reason, late.paid_back) == ("SUCCESS", "replacement_late", 10_000)
    await town.check_books()


async def test_a_case_is_changed_until_the_goods_are_back_and_its_clock_begins_anew(town: Town) -> None:
    shop, shopper, order_id = await sent_order(town, 1_000, 3)
    actions = CaseActions(town, await ask(shopper, order_id))
    town.clock.shift += DAY
    changed = await actions.change(shopper, RefundRequest("REFUND_AND_RETURN", "damaged", 900, 2, note="look"))
    assert (changed.kind, changed.reason, changed.amount, changed.pieces, changed.note) == (
        "REFUND_AND_RETURN", "damaged", 900, 2, "look",
    )  # fmt: skip
    assert (changed.version, await due_in(town, actions.case_id)) == (2, 48 * HOUR)
    await actions.agree(shop)
    await actions.send_back(shopper)
    await actions.refuse(shop)
    with pytest.raises(Invalid, match="with the shop already") as invalid:
        await actions.change(shopper, RefundRequest("REFUND", "damaged"))
    assert invalid.value.field == "kind"
    agreed = await actions.agree(shop)
    assert (agreed.state, agreed.paid_back) == ("SUCCESS", 900)
    await town.check_books()


async def test_messages_of_a_case_have_words_and_four_hundred_bytes(town: Town) -> None:
    shop, shopper, order_id = await sent_order(town)
    case_id, stranger = await ask(shopper, order_id), await town.shopper()
    for text in ("", "  ", "x" * 401, "长" * 134):
        with pytest.raises(Invalid, match="1 to 400 bytes") as invalid:
            await town.db.run(aftersale.post_case_message, shop.owner, case_id, text)
        assert invalid.value.field == "text"
    await town.db.run(aftersale.post_case_message, shop.owner, case_id, " " + "x" * 399)
    with pytest.raises(NotFound):
        await town.db.run(aftersale.post_case_message, stranger.actor, case_id, "hello")
    said = [(each.side, each.text) for each in (await view(town, case_id)).events if each.action == "said"]
    assert said == [("seller", "x" * 399)]


@pytest.mark.parametrize(
    ("price", "finished", "score", "is_sent", "is_fast"),
    [
        (30_000, 3, None, False, True), (30_001, 3, None, False, False), (30_000, 2, None, False, False),
        (30_000, 3, None, True, False), (30_000, 3, 479, True, True), (30_000, 3, 480, True, False),
    ],
)  # fmt: skip
async def test_a_refund_is_fast_up_to_300_for_who_ended_three_orders(
    town: Town, price: int, finished: int, score: int | None, *, is_sent: bool, is_fast: bool
) -> None:
    shop, shopper, order_id = await bought(town, price)
    async with town.db.begin(77) as tx:
        for _ in range(finished):
            await aftersale.buyer_standing.count_finished(tx, shopper.actor.id)
        await aftersale.buyer_standing.count_finished(tx, shop.owner.id)
        if score is not None:
            await aftersale.record_standing(tx, shop.id, score, tx.now)
            await aftersale.record_standing(tx, shop.id, 1, tx.now - TICK)
    if is_sent:
        await shop.ship(order_id)
    case_id = await ask(shopper, order_id, reason="not_received" if is_sent else "not_wanted")
    assert ((await see(town, case_id)).end_reason == "fast_refund") is is_fast


async def test_lists_of_cases_are_their_owners_by_time_left_and_page_by_page(town: Town) -> None:
    shop, shopper, first = await sent_order(town)
    other, stranger, theirs = await sent_order(town)
    made = []
    for order_id in (first, await shopper.buy(await shop.product()), await shopper.buy(await shop.product())):
        made.append(await ask(shopper, order_id, reason="quality" if order_id == first else "not_wanted"))
        town.clock.shift += HOUR
    await CaseActions(town, made[1]).withdraw(shopper)
    their = await ask(stranger, theirs)
    await town.deliver()
    async with town.db.read() as tx:
        page = await aftersale.list_own_cases(tx, shopper.actor, limit=2)
        rest = await aftersale.list_own_cases(tx, shopper.actor, page.next_cursor, 2)
        assert [each.case_id for each in [*page.items, *rest.items]] == made[::-1]
        still = await aftersale.list_own_cases(tx, shopper.actor, is_open=True)
        assert [each.case_id for each in still.items] == [made[2], made[0]]
        sold = await aftersale.list_seller_cases(tx, shop.owner, shop.id, limit=2)
        more = await aftersale.list_seller_cases(tx, shop.owner, shop.id, sold.next_cursor, 2)
        assert [each.case_id for each in [*sold.items, *more.items]] == made[::-1]
        for read in (aftersale.list_due_cases, aftersale.list_open_cases):
            assert [each.case_id for each in await read(tx, shop.owner, shop.id)] == [made[2], made[0]]
            assert [each.case_id for each in await read(tx, shop.owner, shop.id, 1)] == [made[2]]
            assert [each.case_id for each in await read(tx, other.owner, other.id)] == [their]
        assert await aftersale.count_due_cases(tx, shop.owner, shop.id) == 2
    await CaseActions(town, made[0]).refuse(shop)
    await town.db.run(aftersale.refresh_queue, shop.id, [made[0], their])
    async with town.db.read() as tx:
        assert await aftersale.count_due_cases(tx, shop.owner, shop.id) == 1
        assert [each.case_id for each in await aftersale.list_open_cases(tx, shop.owner, shop.id)] == [made[2], made[0]]


async def test_as_many_cases_and_as_much_money_are_agreed_to_at_once_as_the_rules_say(town: Town) -> None:
    shop, shopper, order_id = await bought(town, 600_000)
    case_id = await ask(shopper, order_id, reason="not_wanted")
    small = await ask(shopper, await shopper.buy(await shop.product(1)), reason="not_wanted")
    with pytest.raises(BatchTooLarge) as large:
        await aftersale.agree_to_many(town.db, shop.owner, shop.id, [(case_id, 1), (small, 1)])
    assert large.value.details() == {"most": 20, "amount": 600_000}
    with pytest.raises(BatchTooLarge):
        await aftersale.agree_to_many(town.db, shop.owner, shop.id, [(number, 1) for number in range(21)])
    answers = await aftersale.agree_to_many(town.db, shop.owner, shop.id, [(case_id, 1), (case_id, 1), (small, 2)][:2])
    assert [(each.case_id, each.state) for each in answers] == [(case_id, "SUCCESS")]
    (moved,) = await aftersale.agree_to_many(town.db, shop.owner, shop.id, [(small, 9)])
    assert moved.refusal
    assert moved.refusal.details() == {"version": 1}
