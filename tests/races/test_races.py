"""Races with many real connections: of rivals exactly one wins, and the books hold."""

import asyncio
from collections import Counter

import pytest

from datong.adapters.payment import GatewayEvent
from datong.commerce import cart, inventory, order, payment, rulebook
from datong.commerce.pricing import LineRequest
from datong.kernel.actor import SYSTEM
from datong.kernel.connect import open_db
from datong.kernel.money import Money
from datong.kernel.outbox import Deliverer
from datong.kernel.refusal import Refusal
from datong.kernel.sql import command
from datong.kernel.tx import Db
from datong.wiring import make_deliverer
from tests.make import Shopper, Town


async def outcome(work: object) -> str:
    """What became of one rival: "won", or the refusal's code."""
    try:
        await work  # type: ignore[misc]
    except Refusal as refusal:
        return refusal.code
    return "won"


async def test_the_last_unit_goes_to_one(town: Town) -> None:
    goods = await (await town.shop()).product(stock=1)
    shoppers = [await town.shopper() for _ in range(8)]
    for shopper in shoppers:
        await shopper.fill(goods)
    found = Counter(await asyncio.gather(*(outcome(shopper.place()) for shopper in shoppers)))
    assert found == {"won": 1, "inventory.stock_short": 7}
    await town.check_books()


async def test_a_hundred_units_go_to_a_hundred(town: Town) -> None:
    goods = await (await town.shop()).product(stock=20)
    shoppers = [await town.shopper() for _ in range(32)]
    for shopper in shoppers:
        await shopper.fill(goods)
    found = Counter(await asyncio.gather(*(outcome(shopper.place()) for shopper in shoppers)))
    assert found == {"won": 20, "inventory.stock_short": 12}
    await town.check_books()


async def test_orders_that_cross_over_the_same_goods_do_not_lock_each_other_out(town: Town) -> None:
    shop = await town.shop()
    goods = [await shop.product(stock=10) for _ in range(4)]
    shoppers = [await town.shopper() for _ in range(12)]
    for number, shopper in enumerate(shoppers):
        for each in goods if number % 2 else reversed(goods):
            await shopper.fill(each)
    found = Counter(await asyncio.gather(*(outcome(shopper.place()) for shopper in shoppers)))
    assert found["won"] == 10
    await town.check_books()


async def rivals_of(town: Town, count: int) -> list[Db]:
    """More processes' worth of pools, lanes and memories on the same database."""
    dsn = town.db._dsn
    return [await open_db(dsn, house=town.db.house, pool_size=6, clock=town.clock) for _ in range(count)]


async def test_several_processes_sell_one_sku_to_its_last_unit(town: Town) -> None:
    goods = await (await town.shop()).product(stock=30)
    others = await rivals_of(town, 3)
    shoppers = [await town.shopper() for _ in range(48)]
    wanted = [LineRequest(goods.product_id, goods.sku_id, 1)]
    agreed = Money(goods.price, "CNY")
    found = Counter(
        await asyncio.gather(
            *(
                outcome(order.place_purchase(db, each.actor, each.address_id, agreed, f"k{n}", wanted=wanted))
                for n, each in enumerate(shoppers)
                for db in [(town.db, *others)[n % 4]]
            )
        )
    )
    assert found == {"won": 30, "inventory.stock_short": 18}
    for db in others:
        await db.close()
    await town.check_books()


async def test_the_same_sku_on_two_lines_is_held_for_both(town: Town) -> None:
    goods = await (await town.shop()).product(stock=3)
    shopper = await town.shopper()
    twice = [LineRequest(goods.product_id, goods.sku_id, 2)] * 2
    agreed = Money(4 * goods.price, "CNY")
    place = order.place_purchase
    assert await outcome(place(town.db, shopper.actor, shopper.address_id, agreed, "a", wanted=twice)) == (
        "inventory.stock_short"
    )
    once = [LineRequest(goods.product_id, goods.sku_id, 2), LineRequest(goods.product_id, goods.sku_id, 1)]
    purchase_id = await place(
        town.db, shopper.actor, shopper.address_id, Money(3 * goods.price, "CNY"), "b", wanted=once
    )
    await town.check_books()
    await shopper.pay(purchase_id)
    await town.check_books()


async def test_a_buyer_holds_so_many_pieces_and_no_more_however_many_ask_at_once(town: Town) -> None:
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, inventory.HELD_PIECES.name, 5)
    goods = await (await town.shop()).product(stock=100)
    shopper, other = await town.shopper(), await town.shopper()
    wanted, agreed = [LineRequest(goods.product_id, goods.sku_id, 2)], Money(2 * goods.price, "CNY")
    asks = [
        outcome(order.place_purchase(town.db, shopper.actor, shopper.address_id, agreed, f"k{n}", wanted=wanted))
        for n in range(6)
    ]
    assert Counter(await asyncio.gather(*asks)) == {"won": 2, "inventory.too_many_held": 4}
    assert await order.place_purchase(town.db, other.actor, other.address_id, agreed, "k", wanted=wanted)
    await town.check_books()


async def test_a_buyer_has_so_many_orders_waiting_for_payment(town: Town) -> None:
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, "order.unpaid_orders", 2)
    goods = await (await town.shop()).product(stock=100)
    shopper = await town.shopper()
    for expected in ("won", "won", "order.too_many_unpaid"):
        await shopper.fill(goods)
        assert await outcome(shopper.place()) == expected
    await town.check_books()


async def test_what_is_sold_out_is_refused_from_memory_and_sold_again_when_it_is_back(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(stock=1)
    await inventory.hold(town.db, 71, {goods.sku_id: 1})
    for hold_id in (72, 73):
        assert await outcome(inventory.hold(town.db, hold_id, {goods.sku_id: 1})) == "inventory.stock_short"
    before = town.db.round_trips
    for hold_id in range(74, 94):
        assert await outcome(inventory.hold(town.db, hold_id, {goods.sku_id: 1})) == "inventory.stock_short"
    assert town.db.round_trips - before <= 1, "the rulebook may be read again"
    await inventory.release(town.db, inventory.Hold(71, [goods.sku_id], town.db.now()))
    assert await inventory.hold(town.db, 95, {goods.sku_id: 1})
    await inventory.release(town.db, inventory.Hold(95, [goods.sku_id], town.db.now()))
    await town.check_books()


async def test_a_rush_for_nothing_costs_one_look_and_whoever_has_it_still_gets_the_answer(town: Town) -> None:
    goods = await (await town.shop()).product(stock=1)
    lucky, *others = [await town.shopper() for _ in range(12)]
    wanted, agreed = [LineRequest(goods.product_id, goods.sku_id, 1)], Money(goods.price, "CNY")

    async def place(shopper: Shopper, key: str) -> int:
        return await order.place_purchase(town.db, shopper.actor, shopper.address_id, agreed, key, wanted=wanted)

    won = await place(lucky, "mine")
    assert await outcome(place(others[0], "k")) == "inventory.stock_short"
    before = town.db.round_trips
    asks = (outcome(place(each, f"k{number}")) for number in range(5) for each in others)
    assert Counter(await asyncio.gather(*asks)) == {"inventory.stock_short": 55}
    assert town.db.round_trips - before <= 2, "one look a batch"
    assert await place(lucky, "mine") == won
    await town.check_books()


async def test_where_every_bucket_is_written_alone_orders_go_the_same_way(town: Town) -> None:
    """As on a cluster: holds over several buckets are taken one after the other, and let go of if one is short."""
    town.db.is_sharded = True
    goods = [await (await town.shop()).product(stock=3) for _ in range(3)]
    shoppers = [await town.shopper() for _ in range(5)]
    for shopper in shoppers:
        for each in goods:
            await shopper.fill(each)
    found = Counter(await asyncio.gather(*(outcome(shopper.place()) for shopper in shoppers)))
    assert found == {"won": 3, "inventory.stock_short": 2}
    await town.check_books()


async def test_the_same_click_eight_times_is_one_purchase(town: Town) -> None:
    goods = await (await town.shop()).product(stock=1)
    shopper = await town.shopper()
    await shopper.fill(goods)
    total = await shopper.total()
    placed = await asyncio.gather(
        *(order.place_purchase(town.db, shopper.actor, shopper.address_id, total, "one click") for _ in range(8))
    )
    assert len(set(placed)) == 1
    assert len(await shopper.orders(placed[0])) == 1
    await town.check_books()


async def paid_event(town: Town, shopper: Shopper, purchase_id: int) -> GatewayEvent:
    """The gateway's word that a purchase was paid, not yet heard."""
    settled = await town.gateway.settle(await shopper.open_charge(purchase_id), "lost")
    assert settled
    event = await town.gateway.find_charge(settled.charge_id, settled.ref)
    assert event
    return event


@pytest.mark.parametrize("round_", range(4))
async def test_pay_against_close_has_one_winner_and_the_money_is_never_lost(town: Town, round_: int) -> None:
    goods = await (await town.shop()).product(5_000, stock=1)
    shopper = await town.shopper()
    await shopper.fill(goods)
    purchase_id = await shopper.place()
    event = await paid_event(town, shopper, purchase_id)
    (placed,) = await shopper.orders(purchase_id)
    town.move_clock(minutes=1)

    async def close() -> None:
        async with town.db.begin(shopper.actor.bucket) as tx:
            await order.close_order(tx, shopper.actor, placed.order_id, "not_wanted")

    rivals = [outcome(payment.take_payment(town.db, event)), outcome(close())]
    await asyncio.gather(*(rivals if round_ % 2 else reversed(rivals)))
    await town.settle_down()
    after = await shopper.order(placed.order_id)
    async with town.db.read() as tx:
        refunds = await payment.list_refunds(tx, placed.order_id)
    if after.state == "TRADE_CLOSED_UNPAID":
        assert [(each.amount, each.state) for each in refunds] == [(5_000, "SUCCEEDED")]
    else:
        assert (after.state, refunds) == ("WAIT_SELLER_SEND_GOODS", [])
    await town.check_books()


async def test_the_same_call_back_eight_times_pays_once(town: Town) -> None:
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    event = await paid_event(town, shopper, purchase_id)
    news = await asyncio.gather(*(payment.take_payment(town.db, event) for _ in range(8)))
    assert sum(news) == 1
    await town.check_books()


async def test_confirm_against_auto_confirm_settles_once(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(5_000))
    await shop.ship(order_id)
    town.move_clock(days=11)
    found = await asyncio.gather(
        *(outcome(shopper.confirm(order_id)) for _ in range(4)), *(order.run_due_orders(town.db) for _ in range(4))
    )
    assert Counter(found[:4])["won"] <= 1
    await town.check_books()
    assert await shop.balance() == 5_000


async def test_ship_against_cancel_has_one_winner(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(5_000))

    async def cancel() -> None:
        async with town.db.begin(shopper.actor.bucket) as tx:
            await order.cancel_paid_order(tx, shopper.actor, order_id, "not_wanted")

    found = Counter(await asyncio.gather(outcome(shop.ship(order_id)), outcome(cancel())))
    assert found == {"won": 1, "order.wrong_state": 1}
    await town.check_books()


async def test_payouts_never_exceed_the_balance(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(50_000))
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.deliver()

    async def ask(key: str) -> None:
        async with town.db.begin(shop.id & 4095) as tx:
            await payment.request_payout(tx, shop.owner, shop.id, Money(20_000, "CNY"), key)

    found = Counter(await asyncio.gather(*(outcome(ask(f"k{number}")) for number in range(6))))
    assert found == {"won": 2, "payment.balance_short": 4}
    await town.check_books()


async def test_two_workers_deliver_each_fact_once(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(1_000, stock=50)
    for _ in range(6):
        order_id = await shopper.buy(goods)
        await shop.ship(order_id)
        await shopper.confirm(order_id)
    workers: list[Deliverer] = [make_deliverer(town.db.house) for _ in range(3)]
    await asyncio.gather(*(each.deliver_all(town.db) for each in workers))
    await town.check_books()
    assert await shop.balance() == 6_000


async def test_a_hold_that_expires_while_it_is_written_on_is_never_lost(town: Town) -> None:
    """The sweep waits until a written purchase would be known; an abandoned hold is released after that."""
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(stock=1)
    await shopper.fill(goods)
    await shopper.place()
    town.move_clock(minutes=15)
    assert await inventory.expire_holds(town.db) == 0, "the purchase's fact is still on its way"
    await town.check_books()
    await inventory.hold(town.db, 77, {(await shop.product(stock=1)).sku_id: 1})
    town.move_clock(minutes=15)
    assert await inventory.expire_holds(town.db) == 1
    await town.check_books()


async def test_a_guests_cart_moves_in_once(town: Town) -> None:
    goods = await (await town.shop()).product()
    shopper = await town.shopper()
    guest = type(shopper.actor)(4096 * 5 + 9)
    await cart.put_in_cart(town.db, guest, goods.product_id, goods.sku_id, 2)
    await shopper.fill(goods, 1)
    await asyncio.gather(*(cart.merge_guest_cart(town.db, shopper.actor, guest.id) for _ in range(5)))
    async with town.db.read() as tx:
        assert await cart.count_pieces(tx, shopper.actor) == 3
        assert await cart.count_pieces(tx, guest) == 0


TOO_SHORT = command(
    """
    insert into parameter_value (version, name, scope_kind, scope_id, effective_from, value, set_by, set_at, reason)
    select coalesce(max(version), 0) + 1, $1, 'platform', 0, $2, '10', 0, $2, 'by a release that knew no bounds'
    from parameter_value
    """
)


async def test_a_write_that_comes_too_late_for_its_hold_is_refused_and_holds_nothing(town: Town) -> None:
    async with town.db.begin() as tx:
        await tx.run(TOO_SHORT, inventory.HOLD_SECONDS.name, tx.now)
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(stock=1))
    for _ in range(2):
        assert await outcome(shopper.place("same key")) == "order.hold_too_old"
    await town.check_books()
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, inventory.HOLD_SECONDS.name, 600)
    assert await shopper.place("same key")
    await town.check_books()
