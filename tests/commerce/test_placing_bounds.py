"""Placing and presales at their bounds: what is refused under which name, and windows to the instant."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from datong.commerce import cart, order, payment
from datong.commerce.order import PresaleDraft, PriceMoved
from datong.commerce.order.deposits import MAX_PIECES, DepositMoved, NotInPresale, run_due_deposits
from datong.commerce.order.place_purchase import MAX_NOTE, UNPAID_ORDERS, LineUnavailable, TooManyUnpaid
from datong.commerce.order.presales import find_presale, list_presales, stop_presale
from datong.commerce.pricing import LineRequest
from datong.commerce.rulebook import set_parameter
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotFound
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Goods, Shop, Shopper, Town

DAY = timedelta(days=1)


@pytest.fixture
async def sides(town: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[Shop, Shopper]:
    """A shop and a shopper, in a town where everyone lives in one bucket and the clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)
    return await town.shop(), await town.shopper()


async def place(
    shopper: Shopper, total: int, *wanted: LineRequest, address_id: int = -1, **more: Any  # noqa: ANN401 - of a placing
) -> int:  # fmt: skip
    chosen = shopper.address_id if address_id < 0 else address_id
    key = f"k{shopper.town.next()}"
    agreed = Money(total, "CNY")
    return await order.place_purchase(shopper.town.db, shopper.actor, chosen, agreed, key, wanted=wanted, **more)


async def test_what_cannot_be_placed_says_why(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    goods, other = await shop.product(1_000, 2_000), await town.shopper()
    line = LineRequest(goods.product_id, goods.sku_id, 1)
    with pytest.raises(Invalid, match=f"at most {MAX_NOTE} characters") as invalid:
        await place(shopper, 1_000, line, notes={shop.id: "x" * (MAX_NOTE + 1)})
    assert (MAX_NOTE, invalid.value.field) == (200, "notes")
    for quantity in (0, cart.MAX_QUANTITY + 1):
        with pytest.raises(Invalid, match="pieces") as invalid:
            await place(shopper, 1_000, msgspec.structs.replace(line, quantity=quantity))
        assert invalid.value.field == "lines"
    with pytest.raises(Invalid):
        await place(shopper, 1_000, *[line] * (cart.MAX_LINES + 1))
    for address_id in (other.address_id, 0):
        with pytest.raises(NotFound) as missing:
            await place(shopper, 1_000, line, address_id=address_id)
        assert missing.value.details() == {"thing": "address", "id": str(address_id)}
    with pytest.raises(PriceMoved) as moved:
        await place(shopper, 999, line)
    assert (moved.value.agreed, moved.value.asked) == (Money(999, "CNY"), Money(1_000, "CNY"))
    gone = LineRequest(goods.product_id, goods.sku_id + 4096 * 99, 1)
    with pytest.raises(LineUnavailable) as unavailable:
        await place(shopper, 1_000, line, gone)
    assert unavailable.value.details() == {"sku_id": str(gone.sku_id), "reason": "pricing.not_offered"}
    with pytest.raises(order.CartEmpty):
        await place(shopper, 0)
    assert await shopper.wallet() == []
    placed = await place(shopper, 1_000, line, notes={shop.id: " " + "x" * MAX_NOTE, 5: "  "})
    (made,) = await shopper.orders(placed)
    assert (made.note, made.state, made.due_at) == ("x" * MAX_NOTE, "WAIT_BUYER_PAY", town.db.now() + DAY)
    await town.check_books()


async def test_a_buyer_has_so_many_unpaid_orders_at_once(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    goods, other = await shop.product(1_000, 100), await town.shopper()
    line = LineRequest(goods.product_id, goods.sku_id, 1)
    async with town.db.begin() as tx:
        await set_parameter(tx, SYSTEM, UNPAID_ORDERS.name, 2)
    await place(other, 1_000, line)
    first, _ = await place(shopper, 1_000, line), await place(shopper, 1_000, line)
    with pytest.raises(TooManyUnpaid) as many:
        await place(shopper, 1_000, line)
    assert many.value.details() == {"most": 2}
    await shopper.pay(first)
    assert await place(shopper, 1_000, line)


async def test_a_purchase_wakes_whoever_delivers_facts(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    goods = await shop.product(1_000)
    woken = asyncio.Event()
    await town.db.listen(woken)
    await town.deliver()
    woken.clear()
    await place(shopper, 1_000, LineRequest(goods.product_id, goods.sku_id, 1))
    await asyncio.wait_for(woken.wait(), 10)


def presale(goods: Goods, town: Town, **changes: Any) -> PresaleDraft:  # noqa: ANN401 - of a draft
    now = town.db.now()
    made = PresaleDraft(goods.product_id, {"en": "Ahead"}, 3_000, now, now + 3 * DAY, now + 3 * DAY, now + 5 * DAY)
    return msgspec.structs.replace(made, **changes)


async def offer(shop: Shop, draft: PresaleDraft) -> int:
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        return await order.make_presale(tx, shop.owner, shop.id, draft)


@pytest.mark.parametrize(
    ("price", "changes", "field", "reason"),
    [
        (4_999, {"deposit": 1_000}, "product_id", "costs at least 50"),
        (30_000, {"deposit": 2_999}, "deposit", "a multiple of 10 from 30 to 60"),
        (30_000, {"deposit": 2_000}, "deposit", "a multiple of 10 from 30 to 60"),
        (30_000, {"deposit": 7_000}, "deposit", "a multiple of 10 from 30 to 60"),
        (49_999, {"deposit": 4_000}, "deposit", "a multiple of 10 from 50 to 100"),
        (30_000, {"counts_as": 2_999}, "counts_as", "at least the deposit, less than the price, and without a minus"),
        (30_000, {"counts_as": 30_000}, "counts_as", "at least the deposit, less than the price, and without a minus"),
        (30_000, {"minus": -500}, "minus", "a multiple of 5, at most 120"),
        (30_000, {"minus": 12_500}, "minus", "a multiple of 5, at most 120"),
        (30_000, {"minus": 499}, "minus", "a multiple of 5, at most 120"),
        (30_000, {"titles": {"en": ""}}, "titles", "1 to 60 characters"),
    ],
)  # fmt: skip
async def test_a_presale_that_does_not_fit_says_which_rule(
    town: Town, sides: tuple[Shop, Shopper], price: int, changes: dict[str, Any], field: str, reason: str
) -> None:
    shop, _ = sides
    with pytest.raises(Invalid) as invalid:
        await offer(shop, presale(await shop.product(price), town, **changes))
    assert invalid.value.details() == {"field": field, "reason": reason}


async def test_a_presale_takes_what_stands_exactly_at_its_bounds(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, _ = sides
    for price, changes in (
        (5_000, {"deposit": 1_000}), (30_000, {"deposit": 6_000}), (30_000, {"counts_as": 3_000}),
        (30_000, {"counts_as": 29_999}), (30_000, {"minus": 12_000}), (50_000, {"deposit": 5_000}),
        (100_000, {"deposit": 10_000}),
    ):  # fmt: skip
        assert await offer(shop, presale(await shop.product(price), town, **changes))


async def test_a_presale_is_its_shops_and_one_at_a_time(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, _ = sides
    other, goods, more = await town.shop(), await shop.product(30_000), await shop.product(30_000)
    with pytest.raises(NotFound) as missing:
        await offer(other, presale(goods, town))
    assert missing.value.details() == {"thing": "product", "id": str(goods.product_id)}
    first, second = await offer(shop, presale(goods, town)), await offer(shop, presale(more, town))
    with pytest.raises(order.PresaleRunning):
        await offer(shop, presale(goods, town))
    for who, presale_id in ((other, first), (shop, first + 4096 * 99)):
        with pytest.raises(NotFound) as missing:
            await town.db.run(stop_presale, who.owner, who.id, presale_id)
        assert missing.value.details() == {"thing": "presale", "id": str(presale_id)}
    async with town.db.read() as tx:
        assert [each.presale_id for each in await list_presales(tx, shop.owner, shop.id)] == [second, first]
        assert await list_presales(tx, other.owner, other.id) == []
    await town.db.run(stop_presale, shop.owner, shop.id, first)
    async with town.db.read() as tx:
        found = await find_presale(tx, more.product_id)
        assert await find_presale(tx, goods.product_id) is None
    assert found
    assert (found.presale_id, found.cut, found.is_stopped) == (second, 0, False)
    again = await offer(shop, presale(goods, town))
    town.clock.shift += 5 * DAY
    async with town.db.read() as tx:
        assert await find_presale(tx, goods.product_id) is None
    assert await offer(shop, presale(goods, town)) != again


async def test_deposits_are_taken_in_their_window_to_the_instant(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    goods = await shop.product(30_000, 100)
    now = town.db.now()
    presale_id = await offer(shop, presale(goods, town, deposit_from=now + TICK))
    for quantity in (0, MAX_PIECES + 1):
        with pytest.raises(Invalid, match=f"1 to {MAX_PIECES}") as invalid:
            await shopper.put_down(presale_id, goods, quantity)
        assert invalid.value.field == "quantity"
    with pytest.raises(NotInPresale):
        await shopper.put_down(presale_id, goods)
    with pytest.raises(NotFound) as missing:
        await shopper.put_down(presale_id + 4096 * 99, goods)
    assert missing.value.details()["thing"] == "presale"
    town.clock.shift += TICK
    deposit_id = await shopper.put_down(presale_id, goods, 2, pays=False)
    made = await shopper.deposit(deposit_id)
    assert (made.amount, made.cut, made.quantity, made.state) == (6_000, 0, 2, "WAIT_DEPOSIT")
    town.clock.shift += 3 * DAY - 2 * TICK
    late = await shopper.put_down(presale_id, goods, pays=False)
    assert (await shopper.deposit(late)).due_at == now + 3 * DAY
    town.clock.shift += TICK
    with pytest.raises(NotInPresale):
        await shopper.put_down(presale_id, goods)
    await run_due_deposits(town.db)
    assert {(await shopper.deposit(each)).state for each in (deposit_id, late)} == {"CLOSED_UNPAID"}
    with pytest.raises(DepositMoved):
        await shopper.pay_deposit(late)
    await town.check_books()


async def test_a_balance_is_paid_in_its_window_to_the_instant_or_the_deposit_is_the_shops(
    town: Town, sides: tuple[Shop, Shopper]
) -> None:
    shop, shopper = sides
    goods, start = await shop.product(30_000, 100), town.db.now()
    presale_id = await offer(shop, presale(goods, town, minus=500))
    paid, forfeited = await shopper.put_down(presale_id, goods), await shopper.put_down(presale_id, goods)

    async def pay_balance(deposit_id: int) -> int:
        return await place(shopper, 29_500, deposit_ids=[deposit_id])

    assert (await shopper.deposit(paid)).purchase_id == 0
    town.clock.shift += 3 * DAY - TICK
    with pytest.raises(DepositMoved):
        await pay_balance(paid)
    town.clock.shift += TICK
    with pytest.raises(DepositMoved):
        await place(shopper, 59_000, deposit_ids=[paid, forfeited + 4096 * 99])
    purchase_id = await pay_balance(paid)
    assert (await shopper.deposit(paid)).state == "BALANCE_PLACED"
    await shopper.pay(purchase_id)
    (made,) = await shopper.orders(purchase_id)
    assert (made.payable, made.prepaid, made.due.amount, (await shopper.deposit(paid)).state) == (
        29_500,
        3_000,
        26_500,
        "DONE",
    )
    assert await run_due_deposits(town.db) == 0
    town.clock.shift += start + 5 * DAY - TICK - town.db.now()
    assert await run_due_deposits(town.db) == 0
    town.clock.shift += TICK
    with pytest.raises(DepositMoved):
        await pay_balance(forfeited)
    assert await run_due_deposits(town.db) == 1
    assert ((await shopper.deposit(forfeited)).state, (await shopper.deposit(paid)).state) == ("FORFEITED", "DONE")
    await town.deliver()
    assert await shop.balance() == 3_000
    for deposit_id in (paid, forfeited):
        with pytest.raises(DepositMoved):
            await town.db.run(order.default_on_deposit, shop.owner, deposit_id)
    await town.check_books()


async def test_a_shop_in_default_is_the_shop_of_the_deposit(town: Town, sides: tuple[Shop, Shopper]) -> None:
    shop, shopper = sides
    other, stranger = await town.shop(), await town.shopper()
    goods = await shop.product(30_000, 100)
    presale_id = await offer(shop, presale(goods, town))
    mine, theirs = await shopper.put_down(presale_id, goods), await stranger.put_down(presale_id, goods)
    for actor in (other.owner, stranger.actor):
        with pytest.raises(NotFound) as missing:
            await town.db.run(order.default_on_deposit, actor, mine)
        assert missing.value.details() == {"thing": "deposit", "id": str(mine)}
    await town.db.run(order.default_on_deposit, shop.owner, mine)
    assert ((await shopper.deposit(mine)).state, (await stranger.deposit(theirs)).state) == ("DOUBLED", "DEPOSIT_PAID")
    async with town.db.read() as tx:
        assert [each.deposit_id for each in await order.list_deposits(tx, shopper.actor)] == [mine]
        back = sorted((each.amount, each.is_extra) for each in await payment.list_refunds(tx, mine))
    assert back == [(3_000, False), (3_000, True)]
    await town.settle_down()
    await town.check_books()
