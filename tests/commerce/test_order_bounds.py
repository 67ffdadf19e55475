"""Orders at their bounds: pages of lists, seconds of clocks, cents of prices, and what is refused under which name."""

from datetime import timedelta

import pytest

from datong.commerce import member, order
from datong.commerce.order.close_order import CLOSE_REASONS
from datong.commerce.order.memos import MAX_NOTE
from datong.commerce.order.reprice_order import ReductionTooDeep
from datong.commerce.order.ship_many import MAX_ORDERS
from datong.commerce.order.simulate_promotion import simulate_promotion
from datong.commerce.order.states import BUYER_CANCELS_UNSHIPPED, SELLER_EXTENSION_DAYS
from datong.commerce.rulebook import set_parameter
from datong.commerce.voucher import Terms, Tier
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound, Refusal
from tests.cases import lines
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Shop, Shopper, Town

DAY = timedelta(days=1)


@pytest.fixture
async def sides(town: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[Shop, Shopper]:
    """A shop and a shopper, in a town where everyone lives in one bucket and the clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)
    return await town.shop(), await town.shopper()


async def placed(shopper: Shopper, shop: Shop, price: int = 1_000, freight: int = 0) -> int:
    """An order that nobody has paid."""
    await shopper.fill(await shop.product(price, freight=await shop.freight(freight) if freight else 0))
    return (await shopper.orders(await shopper.place()))[0].order_id


async def refused(town: Town, use_case: object, *args: object) -> dict[str, object]:
    """The refusal of a use case on its first id's bucket: its code and details."""
    with pytest.raises(Refusal) as refusal:
        await town.db.run(use_case, *args)  # type: ignore[arg-type]
    return {"code": refusal.value.code, **refusal.value.details()}


async def test_lists_of_orders_go_on_where_a_page_ended(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    other, other_shop = await town.shopper(), await town.shop()
    mine = [await placed(shopper, shop) for _ in range(5)]
    paid = await shopper.buy(await shop.product())
    theirs = await placed(other, other_shop)
    await town.deliver()
    newest = [paid, *mine[::-1]]
    waiting, ready = "WAIT_BUYER_PAY", "WAIT_SELLER_SEND_GOODS"
    async with town.db.begin(77) as tx:
        for number in range(4):
            await order.set_memo(tx, shop.owner, shop.id, mine[number], 2, "")
        for states, expected in (
            ((), newest),
            ((waiting,), mine[::-1]),
            ((waiting, ready), newest),
            ((ready,), [paid]),
        ):
            found, seller, cursor, seller_cursor = [], [], "", ""
            for _ in range(3):
                page = await order.list_orders(tx, shopper.actor, states, cursor, 2)
                found += [each.order.order_id for each in page.items]
                assert all(
                    each.lines and {line.order_id for line in each.lines} == {each.order.order_id}
                    for each in page.items
                )
                sold = await order.list_seller_orders(tx, shop.owner, shop.id, list(states), seller_cursor, 2)
                seller += [each.order_id for each in sold.items]
                cursor, seller_cursor = page.next_cursor, sold.next_cursor
                if not cursor:
                    break
            assert (found, seller, cursor, seller_cursor) == (expected, expected, "", "")
        first = await order.list_flagged_orders(tx, shop.owner, shop.id, 2, "", 3)
        rest = await order.list_flagged_orders(tx, shop.owner, shop.id, 2, first.next_cursor, 3)
        assert [each.order_id for each in [*first.items, *rest.items]] == mine[3::-1]
        for attempt in (
            order.list_orders(tx, shopper.actor, ["GONE"]), order.list_seller_orders(tx, shop.owner, shop.id, ["GONE"]),
        ):  # fmt: skip
            with pytest.raises(Invalid, match="one of the order states") as invalid:
                await attempt
            assert invalid.value.field == "state"
        counts = await order.count_seller_orders(tx, shop.owner, shop.id)
        assert {state: count for state, count in counts.items() if count} == {waiting: 5, ready: 1}
        assert await order.count_own_orders(tx, shopper.actor) == {waiting: 5, ready: 1}
        assert set(await order.get_own_orders(tx, shopper.actor, [paid, theirs, mine[0], 5])) == {paid, mine[0]}
        assert [each.order_id for each in await order.find_seller_order(tx, shop.owner, shop.id, paid)] == [paid]
        assert await order.find_seller_order(tx, shop.owner, shop.id, theirs) == []


async def test_notes_of_a_shop_have_bounds_and_stay_its_own(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    one, two = await placed(shopper, shop), await placed(shopper, shop)
    async with town.db.begin(77) as tx:
        for flag in (-1, 6):
            with pytest.raises(Invalid, match="0 to 5") as invalid:
                await order.set_memo(tx, shop.owner, shop.id, one, flag, "")
            assert invalid.value.field == "flag"
        for text in ("x" * (MAX_NOTE + 1),):
            with pytest.raises(Invalid, match="at most 500 characters") as invalid:
                await order.set_memo(tx, shop.owner, shop.id, one, 0, text)
            assert invalid.value.field == "text"
        await order.set_memo(tx, shop.owner, shop.id, one, 5, " first ")
        await order.set_memo(tx, shop.owner, shop.id, two, 1, "x" * MAX_NOTE)
        await order.set_memo(tx, shop.owner, shop.id, one, 0, " second ")
        found = await order.get_memos(tx, shop.owner, shop.id, [one, one, 5])
        assert {key: (each.flag, each.text, each.changed_at) for key, each in found.items()} == {
            one: (0, "second", tx.now)
        }
        before = town.db.round_trips
        assert await order.get_memos(tx, shop.owner, shop.id, []) == {}
        assert town.db.round_trips == before


async def test_an_unpaid_order_is_closed_by_those_concerned_after_ten_seconds(
    town: Town, sides: tuple[Shop, Shopper]
) -> None:
    shop, shopper = sides
    order_id, stranger = await placed(shopper, shop), await town.shopper()
    assert len(CLOSE_REASONS) == 7
    wrong = await refused(town, order.close_order, shopper.actor, order_id, "bored")
    assert wrong == {"code": "kernel.invalid", "field": "reason", "reason": ", ".join(CLOSE_REASONS)}
    town.clock.shift += timedelta(seconds=10) - TICK
    early = await refused(town, order.close_order, shopper.actor, order_id, "other")
    assert early == {"code": "order.close_too_fast", "seconds": 10}
    town.clock.shift += TICK
    assert (await refused(town, order.close_order, stranger.actor, order_id, "other"))["code"] == "kernel.not_found"
    await town.db.run(order.close_order, shopper.actor, order_id, "other")
    closed = await shopper.order(order_id)
    assert (closed.state, closed.end_reason, closed.ended_at) == ("TRADE_CLOSED_UNPAID", "other", town.db.now())
    again = await refused(town, order.close_order, shop.owner, order_id, "other")
    assert again == {"code": "order.wrong_state", "state": "TRADE_CLOSED_UNPAID"}
    await town.check_books()


async def test_an_unpaid_order_closes_by_its_clock_at_the_second(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    one, two = await placed(shopper, shop), await placed(shopper, shop)
    town.clock.shift += DAY - TICK
    assert await order.run_due_orders(town.db) == 0
    town.clock.shift += TICK
    assert await order.run_due_orders(town.db) == 2
    assert {(await shopper.order(each)).end_reason for each in (one, two)} == {"timeout"}
    assert await order.run_due_orders(town.db) == 0


async def test_a_paid_order_is_cancelled_by_its_shop_and_by_its_buyer_where_the_rules_say_so(
    town: Town, sides: tuple[Shop, Shopper]
) -> None:
    shop, shopper = sides
    one, two = await shopper.buy(await shop.product()), await shopper.buy(await shop.product())
    wrong = await refused(town, order.cancel_paid_order, shopper.actor, one, "bored")
    assert (wrong["code"], wrong["field"]) == ("kernel.invalid", "reason")
    async with town.db.begin() as tx:
        await set_parameter(tx, SYSTEM, BUYER_CANCELS_UNSHIPPED.name, False)
    assert (await refused(town, order.cancel_paid_order, shopper.actor, one, "other")) == {
        "code": "kernel.not_allowed", "right": "shop:order:close",
    }  # fmt: skip
    await town.db.run(order.cancel_paid_order, shop.owner, one, "out_of_stock")
    await shop.ship(two)
    assert (await refused(town, order.cancel_paid_order, shop.owner, two, "other"))["code"] == "order.wrong_state"
    states = [(await shopper.order(each)).state for each in (one, two)]
    assert states == ["TRADE_CLOSED", "WAIT_BUYER_CONFIRM_GOODS"]
    await town.check_books()


async def test_the_confirm_clock_is_moved_by_listed_days_and_by_the_buyer_in_its_last_three(
    town: Town, sides: tuple[Shop, Shopper]
) -> None:
    shop, shopper = sides
    order_id, unsent = await shopper.buy(await shop.product()), await shopper.buy(await shop.product())
    await shop.ship(order_id)
    shipped = town.db.now()

    async def due() -> timedelta:
        found = (await shopper.order(order_id)).due_at
        assert found
        return found - shipped

    assert await due() == 10 * DAY
    for days in (0, 4, -3):
        wrong = await refused(town, order.extend_by_seller, shop.owner, order_id, days)
        assert wrong == {"code": "kernel.invalid", "field": "days", "reason": "3, 5, 7, 10"}
    assert SELLER_EXTENSION_DAYS.default == [3, 5, 7, 10]
    for use_case, args in (
        (order.extend_by_seller, (shop.owner, unsent, 3)),
        (order.extend_by_buyer, (shopper.actor, unsent)),
    ):
        assert (await refused(town, use_case, *args))["code"] == "order.wrong_state"
    await shopper.cancel(unsent)
    await town.db.run(order.extend_by_seller, shop.owner, order_id, 5)
    assert await due() == 15 * DAY
    town.clock.shift += 12 * DAY - TICK
    assert await refused(town, order.extend_by_buyer, shopper.actor, order_id) == {
        "code": "order.cannot_extend", "days": 3,
    }  # fmt: skip
    town.clock.shift += TICK
    await town.db.run(order.extend_by_buyer, shopper.actor, order_id)
    assert await due() == 18 * DAY
    town.clock.shift += 6 * DAY - TICK
    assert (await refused(town, order.extend_by_buyer, shopper.actor, order_id))["code"] == "order.cannot_extend"
    assert await order.run_due_orders(town.db) == 0
    town.clock.shift += TICK
    assert await order.run_due_orders(town.db) == 1
    ended = await shopper.order(order_id)
    assert (ended.state, ended.end_reason, ended.ended_at) == ("TRADE_FINISHED", "auto_confirmed", town.db.now())
    await town.check_books()


async def test_a_price_falls_to_a_cent_and_never_rises(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    order_id = await placed(shopper, shop, 1_000, 600)
    for freight in (-1, 601):
        wrong = await refused(town, order.reprice_order, shop.owner, order_id, 0, freight)
        assert wrong == {"code": "kernel.invalid", "field": "freight", "reason": "0 to 600"}
    for cut, freight, most in ((1_000, 0, 999), (1_001, 1, 1_000), (-1, 0, 999), (1_001, 600, 1_000)):
        with pytest.raises(ReductionTooDeep) as deep:
            await town.db.run(order.reprice_order, shop.owner, order_id, cut, freight)
        assert deep.value.details() == {"most": most}
    assert await town.db.run(order.reprice_order, shop.owner, order_id, 999, 0) == 1
    assert await town.db.run(order.reprice_order, shop.owner, order_id, 0, 0) == 1_000
    (line,) = await lines(town, order_id)
    assert (line.payable, line.cuts) == (1_000, [])
    assert (await refused(town, order.reprice_order, shop.owner, order_id, 0, 1))["field"] == "freight"
    await town.check_books()


async def test_many_are_sent_up_to_a_hundred_each_with_its_number(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    order_id, other = await shopper.buy(await shop.product()), await placed(shopper, shop)
    some = [order.ShipRequest(order_id, "sandbox", " SB-0001 "), order.ShipRequest(other, "sandbox", "SB-0002")]
    with pytest.raises(Invalid, match="at most 100") as invalid:
        await order.ship_many(town.db, shop.owner, shop.id, [some[1]] * (MAX_ORDERS + 1))
    assert invalid.value.field == "parcels"
    blank = order.ShipRequest(order_id, "sandbox", "  ")
    sent = await order.ship_many(town.db, shop.owner, shop.id, [blank, *some, *[some[1]] * (MAX_ORDERS - 3)])
    assert [each.refusal.code if each.refusal else "" for each in sent[:3]] == [
        "kernel.invalid", "", "order.wrong_state",
    ]  # fmt: skip
    assert isinstance(sent[0].refusal, Invalid)
    assert sent[0].refusal.field == "tracking_no"
    assert [bool(each.parcel_id) for each in sent[:3]] == [False, True, False]
    async with town.db.read() as tx:
        view = await order.get_order(tx, shopper.actor, order_id)
        assert [each.state for each in await order.find_seller_order(tx, shop.owner, shop.id, order_id)] == [
            "WAIT_BUYER_CONFIRM_GOODS"
        ]
    assert [(each.parcel_id, each.tracking_no) for each in view.parcels] == [(sent[1].parcel_id, "SB-0001")]


async def test_a_promotion_is_tried_on_what_was_sold_in_these_days(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    terms = Terms("shop", [Tier("minus", 100, 1_500)])
    await shop.promote("item", Tier("minus", 10))

    async def tried(days: int, made: Terms = terms) -> tuple[int, int, int, int, dict[str, int], bool]:
        async with town.db.read() as tx:
            found = await simulate_promotion(tx, shop.owner, shop.id, made, [], days)
        return found.orders, found.touched, found.goods, found.cost, found.by_funder, found.is_all

    assert await tried(1) == (0, 0, 0, 0, {}, True)
    for price, quantity in ((1_000, 1), (1_000, 2), (3_000, 1)):
        await shopper.buy(await shop.product(price), quantity)
        town.clock.shift += DAY
    await town.deliver()
    assert await tried(3) == (3, 2, 1_980 + 2_990, 200, {"shop": 200}, True)
    assert await tried(2) == (2, 2, 1_980 + 2_990, 200, {"shop": 200}, True)
    assert await tried(1) == (1, 1, 2_990, 100, {"shop": 100}, True)
    assert await tried(3, Terms("shop", [Tier("minus", 100, 1_980)])) == (3, 2, 1_980 + 2_990, 200, {"shop": 200}, True)
    assert await tried(3, Terms("shop", [Tier("minus", 100, 1_981)])) == (3, 1, 2_990, 100, {"shop": 100}, True)
    for days in (0, 32):
        with pytest.raises(Invalid, match="1 to 31 days, 1 to 50 shops") as invalid:
            await tried(days)
        assert invalid.value.field == "days"


async def test_strangers_find_no_order_purchase_or_address(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    order_id, stranger, other = await placed(shopper, shop), await town.shopper(), await town.shop()
    purchase_id = (await shopper.order(order_id)).purchase_id
    staff = Actor(9, "member", {}, frozenset({"order:read"}))
    async with town.db.begin(77) as tx:
        for actor in (stranger.actor, other.owner, Actor(shopper.actor.id)):
            for attempt, thing, number in (
                (order.get_order(tx, actor, order_id), "order", order_id),
                (order.get_purchase(tx, actor, purchase_id), "purchase", purchase_id),
            ):
                with pytest.raises(NotFound) as missing:
                    await attempt
                assert missing.value.details() == {"thing": thing, "id": str(number)}
        for actor in (shopper.actor, shop.owner, staff):
            assert (await order.get_order(tx, actor, order_id)).order.order_id == order_id
        for use_case in (order.confirm_order, order.extend_by_buyer):
            with pytest.raises(NotFound):
                await use_case(tx, shop.owner, order_id)
        with pytest.raises(NotFound):
            await member.get_address(tx, shopper.actor, shopper.address_id + 4096 * 99)
        with pytest.raises(NotFound):
            await order.get_order(tx, shopper.actor, order_id + 4096 * 99)
        assert bucket_of(order_id) == 77
