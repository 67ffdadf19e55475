"""Stock and holds: bounds, owners, what is counted, and when a hold ends, to the instant."""

from datetime import timedelta

import pytest

from datong.commerce import inventory
from datong.commerce.inventory import reactions
from datong.commerce.inventory.hold_transitions import (
    HeldLines,
    HoldLost,
    bind_holds,
    release_bound,
    return_sold,
    sell_bound,
)  # fmt: skip
from datong.commerce.inventory.holds import (
    HELD_PIECES,
    HOLD_SECONDS,
    SOLD_OUT,
    Hold,
    HoldAsk,
    SoldOut,
    StockShort,
    TooManyHeld,
    by_bucket,
    expire_holds,
    hold,
    hold_many,
    release,
)  # fmt: skip
from datong.commerce.inventory.stock import MAX_QUANTITY, StockHeld, StockLine, put_first_stock
from datong.commerce.rulebook import set_parameter
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.outbox import MARGIN
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import value
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Goods, Shop, Town

ENTRIES = value(
    str, "select quantity || ' ' || reason from stock_entry where bkt = $1 and sku_id = $2 order by entry_id"
)


async def line(town: Town, sku_id: int) -> StockLine:
    async with town.db.read() as tx:
        return (await inventory.free_of(tx, [sku_id, sku_id]))[sku_id]


async def counts(town: Town, sku_id: int) -> tuple[int, int, int, int]:
    found = await line(town, sku_id)
    return found.on_hand, found.held, found.sold, found.free


async def change(shop: Shop, goods: Goods, quantity: int, reason: str = "found") -> int:
    async with shop.town.db.begin(bucket_of(goods.sku_id)) as tx:
        return await inventory.change_stock(tx, shop.owner, shop.id, goods.sku_id, quantity, reason)


async def count(shop: Shop, goods: Goods, on_hand: int) -> int:
    return await shop.town.db.run(inventory.set_stock, shop.owner, shop.id, goods.sku_id, on_hand)


async def take(town: Town, sku_id: int, quantity: int, owner_id: int = 7) -> Hold:
    async with town.db.read() as tx:
        hold_id = tx.new_id(77)
    return await hold(town.db, hold_id, {sku_id: quantity}, owner_id)


async def test_pieces_are_counted_within_their_bounds_and_never_below_what_is_held(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(stock=10)
    await take(town, goods.sku_id, 4)
    assert await change(shop, goods, 5, "x" * 101) == 15
    assert await change(shop, goods, 0) == 15
    assert await change(shop, goods, -11) == 4
    for act, number in ((change, -1), (count, 3)):
        with pytest.raises(StockHeld) as held:
            await act(shop, goods, number)
        assert held.value.details() == {"held": 4}
    for wrong in (-5, MAX_QUANTITY - 3):
        with pytest.raises(Invalid, match="0 to 1000000000 in all") as invalid:
            await change(shop, goods, wrong)
        assert invalid.value.field == "quantity"
    assert await change(shop, goods, MAX_QUANTITY - 4) == 1_000_000_000
    for wrong in (-1, MAX_QUANTITY + 1):
        with pytest.raises(Invalid, match="0 to 1000000000'") as invalid:
            await count(shop, goods, wrong)
    assert await count(shop, goods, 4) == 4
    assert await count(shop, goods, MAX_QUANTITY) == MAX_QUANTITY
    async with town.db.read() as tx:
        entries = await tx.all(ENTRIES, bucket_of(goods.sku_id), goods.sku_id)
    assert entries == [
        "10 first", f"5 {'x' * 100}", "-11 found", "999999996 found", "-999999996 counted", "999999996 counted",
    ]  # fmt: skip
    empty = await shop.product(stock=0)
    assert await count(shop, empty, 1) == 1
    assert await count(shop, empty, 0) == 0
    await town.check_books()


async def test_stock_is_of_its_shop_and_first_stock_is_put_once(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    goods = await shop.product(stock=3)
    with pytest.raises(NotFound) as missing:
        await change(other, goods, 1)
    assert missing.value.details() == {"thing": "sku", "id": str(goods.sku_id)}
    unknown = Goods(goods.product_id, [goods.sku_id + 4096 * 999], 1)
    with pytest.raises(NotFound):
        await count(shop, unknown, 1)
    lines = [(goods.sku_id, goods.product_id, 9), (unknown.sku_id, goods.product_id, 8)]
    assert await put_first_stock(town.db, shop.owner, shop.id, lines) == 1
    assert await put_first_stock(town.db, shop.owner, shop.id, lines) == 0
    assert await put_first_stock(town.db, shop.owner, shop.id, []) == 0
    assert [(await line(town, each)).on_hand for each in (goods.sku_id, unknown.sku_id)] == [3, 8]
    for wrong in (-1, MAX_QUANTITY + 1):
        with pytest.raises(Invalid, match="0 to 1000000000'") as invalid:
            await put_first_stock(town.db, shop.owner, shop.id, [(unknown.sku_id + 4096, goods.product_id, wrong)])
        assert invalid.value.field == "quantity"
    extremes = [(unknown.sku_id + 4096 * (1 + place), 1, each) for place, each in enumerate((0, MAX_QUANTITY))]
    assert await put_first_stock(town.db, shop.owner, shop.id, extremes) == 2
    async with town.db.read() as tx:
        trips = town.db.round_trips
        assert await inventory.free_of(tx, []) == {}
        assert town.db.round_trips == trips
        assert set(await inventory.free_of(tx, [goods.sku_id, 5])) == {goods.sku_id}


async def test_a_hold_takes_all_or_nothing_and_a_buyer_only_so_many(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(town, monkeypatch)
    shop = await town.shop()
    plenty, few = await shop.product(stock=1_200), await shop.product(stock=5)
    held = await take(town, plenty.sku_id, 500)
    assert held.expires_at == town.db.now() + timedelta(seconds=600)
    assert held.sku_ids == [plenty.sku_id]
    for quantity, owner_id in ((1, 7), (501, 8)):
        with pytest.raises(TooManyHeld) as many:
            await take(town, plenty.sku_id, quantity, owner_id)
        assert many.value.details() == {"sku_id": str(plenty.sku_id), "most": 500}
    with pytest.raises(StockShort) as short:
        await take(town, few.sku_id, 6)
    assert short.value.details() == {"sku_id": str(few.sku_id), "free": 5}
    async with town.db.read() as tx:
        ids = [tx.new_id(77) for _ in range(3)]
    both = {plenty.sku_id: 2, few.sku_id: 6}
    answers = await hold_many(
        town.db, [HoldAsk(ids[0], 9, both), HoldAsk(ids[1], 9, both | {few.sku_id: 5}), HoldAsk(ids[2], 9, both)]
    )
    assert [type(each) for each in answers] == [StockShort, Hold, StockShort]
    assert [getattr(answers[place], "free", None) for place in (0, 2)] == [5, 0]
    assert (await counts(town, plenty.sku_id), await counts(town, few.sku_id)) == ((1_200, 502, 0, 698), (5, 5, 0, 0))
    made = answers[1]
    assert isinstance(made, Hold)
    assert sorted(made.sku_ids) == sorted(both)
    await release(town.db, made)
    await release(town.db, made)
    assert (await counts(town, plenty.sku_id), await counts(town, few.sku_id)) == ((1_200, 500, 0, 700), (5, 0, 0, 5))
    async with town.db.begin() as tx:
        await set_parameter(tx, SYSTEM, HOLD_SECONDS.name, 60)
        await set_parameter(tx, SYSTEM, HELD_PIECES.name, 1)
    with pytest.raises(TooManyHeld):
        await take(town, few.sku_id, 2)
    assert (await take(town, few.sku_id, 1)).expires_at == town.db.now() + timedelta(seconds=60)
    await town.check_books()


async def test_what_is_sold_out_is_known_for_a_second_or_until_there_is_some_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(town, monkeypatch)
    shop = await town.shop()
    goods = await shop.product(stock=1)
    first = await take(town, goods.sku_id, 1)

    async def trips() -> int:
        before = town.db.round_trips
        with pytest.raises(StockShort) as short:
            await take(town, goods.sku_id, 1)
        assert short.value.details() == {"sku_id": str(goods.sku_id), "free": 0}
        return town.db.round_trips - before

    asked = await trips()
    known = await trips()
    assert known < asked
    town.clock.shift += SOLD_OUT - TICK
    assert await trips() == known
    town.clock.shift += TICK
    assert await trips() > known
    await release(town.db, first)
    again = await take(town, goods.sku_id, 1)
    assert await trips() > known
    await change(shop, goods, 1)
    assert await take(town, goods.sku_id, 1)
    assert again


def test_a_memory_of_what_is_sold_out_is_of_each_sku_and_forgets(town: Town) -> None:
    memory = SoldOut(town.db.now)
    assert memory.find({1: 1}) is None
    memory.note(1)
    memory.note(2)
    assert memory.find({3: 1, 2: 1}) == 2
    memory.forget([2, 9])
    assert memory.find({3: 1, 2: 1}) is None
    assert memory.find({1: 1}) == 1
    town.move_clock(seconds=-2)
    assert memory.find({1: 1}) is None, "a clock that was set back makes nothing sold out for long"
    for sku_id in range(10_001):
        memory.note(sku_id)
    assert (memory.find({0: 1}), memory.find({10_000: 1})) == (0, 10_000)
    memory.note(10_001)
    assert (memory.find({0: 1}), memory.find({10_001: 1})) == (None, 10_001), "it does not grow without end"
    assert by_bucket([4097, 5, 1]) == {1: [1, 4097], 5: [5]}


async def test_a_hold_that_no_purchase_was_written_on_ends_by_itself_at_its_instant(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)
    goods = await (await town.shop()).product(stock=10)
    await take(town, goods.sku_id, 1)
    town.clock.shift += timedelta(seconds=1)
    await take(town, goods.sku_id, 2)
    town.clock.shift += timedelta(seconds=599) + MARGIN - TICK
    assert await expire_holds(town.db) == 0
    town.clock.shift += TICK
    assert await expire_holds(town.db) == 1
    assert await counts(town, goods.sku_id) == (10, 2, 0, 8)
    town.clock.shift += timedelta(seconds=1)
    assert await reactions.release_expired.act(town.adapters) == 1
    assert await counts(town, goods.sku_id) == (10, 0, 0, 10)
    await town.check_books()


async def test_each_piece_moves_once_whatever_is_said_again_or_late(town: Town) -> None:
    goods = await (await town.shop()).product(stock=10)
    held, lost = await take(town, goods.sku_id, 3), HeldLines(5, [goods.sku_id])
    lines = [HeldLines(held.hold_id, [goods.sku_id])]

    async def move(act: object, *some: HeldLines) -> tuple[int, int, int, int]:
        async with town.db.begin(bucket_of(goods.sku_id)) as tx:
            await act(tx, list(some) or lines)  # type: ignore[operator]
        return await counts(town, goods.sku_id)

    for act, expected in (
        (bind_holds, (10, 3, 0, 7)), (sell_bound, (7, 0, 3, 7)), (sell_bound, (7, 0, 3, 7)), (bind_holds, (7, 0, 3, 7)),
        (release_bound, (7, 0, 3, 7)), (return_sold, (10, 0, 0, 10)), (return_sold, (10, 0, 0, 10)),
        (sell_bound, (10, 0, 0, 10)), (bind_holds, (10, 0, 0, 10)),
    ):  # fmt: skip
        assert await move(act) == expected, act
    for act in (bind_holds, sell_bound):
        with pytest.raises(HoldLost) as refused:
            await move(act, lost)
        assert refused.value.details() == {"hold_id": "5"}
    assert await move(release_bound, lost) == (10, 0, 0, 10)
    second = await take(town, goods.sku_id, 2)
    assert await move(release_bound, HeldLines(second.hold_id, [goods.sku_id])) == (10, 0, 0, 10)
    with pytest.raises(HoldLost):
        await move(bind_holds, HeldLines(second.hold_id, [goods.sku_id]))
    await town.check_books()
