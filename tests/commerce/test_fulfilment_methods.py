"""How lines reach their buyers, by method: who moves them, what the clock does, what may be asked for afterwards."""

from collections.abc import Iterable

import pytest

from datong.commerce import aftersale, cart, catalog, fulfilment, order
from datong.commerce.catalog import FulfilmentMethod, LineState, MovedBy, methods_of
from datong.commerce.fulfilment import CodeOutcome
from datong.commerce.fulfilment.handovers import MAX_TRIES
from datong.commerce.order import OrderState, OrderView, needs_address
from datong.commerce.order.collect_order import NothingToCollect
from datong.commerce.order.hand_over import MethodGone, NothingToShip, method_of
from datong.commerce.pricing import quote
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.moves import reachable
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from datong.kernel.request import KeyReused
from datong.kernel.sql import value
from datong.wiring import find_house
from tests.cases import ask, lines, run_clocks
from tests.make import Goods, Shop, Shopper, Town

METHODS = list(methods_of(find_house()).values())
ENDS = {LineState.RECEIVED, LineState.GIVEN_BACK}
FREE_ITEMS = value(int, "select count(*) from digital_item where bkt = $1 and sku_id = $2 and line_id = 0")
ALL_WAITS = value(int, "select count(*) from digital_wait where bkt = $1")


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.key)
def test_the_life_of_a_line_is_whole(method: FulfilmentMethod) -> None:
    reached = reachable(method.moves, LineState.WAITING)
    assert reached == method.moves.keys()
    assert all(LineState.GIVEN_BACK in method.moves[state] for state in reached - {LineState.GIVEN_BACK})
    for state in reached - ENDS:
        assert any(MovedBy.CLOCK in who for who in method.moves[state].values()), state


async def test_an_order_with_a_method_that_is_not_installed_does_not_move(town: Town) -> None:
    async with town.db.read() as tx:
        with pytest.raises(MethodGone):
            method_of(tx, "locker")


async def see(who: Shopper | Shop, order_id: int, actor: Actor | None = None) -> OrderView:
    """An order with everything about it."""
    async with who.town.db.read() as tx:
        return await order.get_order(tx, actor or (who.actor if isinstance(who, Shopper) else who.owner), order_id)


async def states(town: Town, order_id: int) -> list[str]:
    return [line.state for line in await lines(town, order_id)]


async def hand(
    shop: Shop, order_id: int, method: str, *, key: str = "h", line_ids: Iterable[int] = (), **details: str
) -> int:  # fmt: skip
    return await shop.town.db.run(order.hand_over, shop.owner, order_id, method, details, key, list(line_ids))


async def add(shop: Shop, goods: Goods, *contents: str, key: str = "", is_reusable: bool = False) -> int:
    return await shop.town.db.run(
        fulfilment.add_digital_items, shop.owner, shop.id, goods.product_id, goods.sku_id, contents,
        key or f"i{shop.town.next()}", is_reusable=is_reusable,
    )  # fmt: skip


async def contents(shopper: Shopper, order_id: int) -> list[object]:
    return [text for each in (await see(shopper, order_id)).handovers for text in each.words["contents"]]


async def test_a_method_is_of_the_house_and_costs_freight_only_where_it_travels(town: Town) -> None:
    shop = await town.shop()
    freight = await shop.freight()
    with pytest.raises(Invalid) as refused:
        await shop.product(method="pigeon")
    assert "digital" in refused.value.reason
    goods = await shop.product(freight=freight, method="digital")
    async with town.db.read() as tx:
        draft = await catalog.get_last_draft(tx, shop.id, goods.product_id)
        offer = (await catalog.get_offers(tx, {(goods.product_id, goods.sku_id)}))[goods.sku_id]
    assert (draft.method, draft.freight_template_id, offer.method) == ("digital", 0, "digital")


async def test_what_is_published_by_parcel_is_kept_as_it_always_was(town: Town) -> None:
    """A process of the release before reads it, and the same table once more changes nothing."""
    shop = await town.shop()
    goods = await shop.product()
    async with town.db.read() as tx:
        kept = (await catalog.get_snapshots(tx, [(goods.product_id, 1)]))[goods.product_id, 1]
        draft = await catalog.get_last_draft(tx, shop.id, goods.product_id)
    assert "method" not in kept.body["draft"]  # type: ignore[operator]
    row = await catalog.publish_product(town.db, shop.owner, shop.id, draft)
    assert row.outcome == "same"


async def test_a_pickup_is_received_by_its_code_and_then_confirmed_by_the_clock(town: Town) -> None:
    shop, shopper, other = await town.shop(), await town.shopper(), await town.shop()
    goods = await shop.product(method="pickup")
    order_id = await shopper.buy(goods)
    assert await states(town, order_id) == ["WAITING"]
    with pytest.raises(NothingToShip):
        await shop.ship(order_id)
    with pytest.raises(Invalid):
        await hand(shop, order_id, "pickup", place="")
    handover_id = await hand(shop, order_id, "pickup", place="Counter 3, 9 to 18 h")
    assert await hand(shop, order_id, "pickup", place="Counter 3, 9 to 18 h") == handover_id
    with pytest.raises(KeyReused):
        await hand(shop, order_id, "pickup", place="elsewhere")
    (ready,) = (await see(shopper, order_id)).handovers
    assert (ready.words, len(ready.code), ready.received_at) == ({"place": "Counter 3, 9 to 18 h"}, 8, None)
    assert (await see(shop, order_id)).handovers[0].code == ""
    first = await shopper.order(order_id)
    assert first.due_at is not None
    assert first.state == OrderState.WAIT_BUYER_CONFIRM_GOODS
    town.move_clock(days=6)
    with pytest.raises(NotFound):
        await town.db.run(order.collect_order, other.owner, order_id, ready.code)
    with pytest.raises(NotAllowed):
        await town.db.run(order.collect_order, shopper.actor, order_id, ready.code)
    assert await town.db.run(order.collect_order, shop.owner, order_id, "00") == CodeOutcome.WRONG
    assert await town.db.run(order.collect_order, shop.owner, order_id, ready.code) == CodeOutcome.RIGHT
    assert await states(town, order_id) == ["RECEIVED"]
    collected = await shopper.order(order_id)
    assert collected.due_at is not None
    assert (collected.due_at - town.db.now()).days in {2, 3}
    town.move_clock(days=2)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_BUYER_CONFIRM_GOODS
    town.move_clock(days=1)
    await run_clocks(town)
    assert (await shopper.order(order_id)).end_reason == "auto_confirmed"
    await town.check_books()


async def test_what_nobody_collects_is_paid_back_and_stands_in_stock_again(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    ready, sent = await shop.product(4_000, method="pickup"), await shop.product(6_000)
    await shopper.fill(ready)
    await shopper.fill(sent)
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    order_id = (await shopper.orders(purchase_id))[0].order_id
    await shop.ship(order_id)
    assert (await shopper.order(order_id)).state == OrderState.SELLER_CONSIGNED_PART
    await hand(shop, order_id, "pickup", place="Counter 3")
    town.move_clock(days=7, minutes=1)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_BUYER_CONFIRM_GOODS, "the parcel has ten days"
    town.move_clock(days=3)
    await run_clocks(town)
    ended = await shopper.order(order_id)
    assert (ended.state, ended.refunded) == (OrderState.TRADE_FINISHED, 4_000)
    assert sorted(await states(town, order_id)) == ["GIVEN_BACK", "HANDED_OVER"]
    alone = await shopper.buy(ready)
    await hand(shop, alone, "pickup", place="Counter 3")
    town.move_clock(days=7, minutes=1)
    await run_clocks(town)
    assert (await shopper.order(alone)).state == OrderState.TRADE_CLOSED
    async with town.db.read() as tx:
        assert (await cart.get_cart(tx, shopper.actor, "31")).lines == []
    await town.check_books()


async def test_a_code_is_locked_after_so_many_wrong_ones_and_its_buyer_asks_for_another(town: Town) -> None:
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shopper()
    order_id = await shopper.buy(await shop.product(method="pickup"))
    with pytest.raises(NothingToCollect):
        await town.db.run(order.renew_collection_code, shopper.actor, order_id)
    await hand(shop, order_id, "pickup", place="Counter 3")
    code = (await see(shopper, order_id)).handovers[0].code
    for _ in range(MAX_TRIES):
        assert await town.db.run(order.collect_order, shop.owner, order_id, "1") == CodeOutcome.WRONG
    assert await town.db.run(order.collect_order, shop.owner, order_id, code) == CodeOutcome.LOCKED
    with pytest.raises(NotFound):
        await town.db.run(order.renew_collection_code, stranger.actor, order_id)
    await town.db.run(order.renew_collection_code, shopper.actor, order_id)
    fresh = (await see(shopper, order_id)).handovers[0]
    assert fresh.code != code
    assert not fresh.is_locked
    assert await town.db.run(order.collect_order, shop.owner, order_id, fresh.code) == CodeOutcome.RIGHT


async def test_digital_goods_come_with_the_payment_and_need_no_address(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(method="digital")
    assert await add(shop, goods, "CODE-1", " CODE-2 ", "CODE-3", key="a") == 3
    assert await add(shop, goods, "CODE-1", " CODE-2 ", "CODE-3", key="a") == 3, "the same key lays nothing twice"
    await shopper.fill(goods, 2)
    async with town.db.read() as tx:
        priced = await quote(tx, (await cart.ticked_lines(tx, [shopper.actor]))[shopper.actor.id], "")
    assert not needs_address(town.db.house, priced)
    purchase_id = await order.place_purchase(town.db, shopper.actor, 0, priced.total, "k")
    await shopper.pay(purchase_id)
    order_id = (await shopper.orders(purchase_id))[0].order_id
    await town.deliver()
    assert await contents(shopper, order_id) == ["CODE-1", "CODE-2"]
    (shown,) = (await see(shop, order_id)).handovers
    assert shown.words["contents"] == ["…DE-1", "…DE-2"]
    bought = await shopper.order(order_id)
    assert (bought.state, bought.address) == (OrderState.WAIT_BUYER_CONFIRM_GOODS, {})
    town.move_clock(days=1)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_FINISHED
    await town.check_books()


async def test_what_travels_is_not_placed_without_an_address(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shopper.fill(await shop.product(method="digital"))
    await shopper.fill(await shop.product())
    with pytest.raises(NotFound) as refused:
        await order.place_purchase(town.db, shopper.actor, 0, await shopper.total(), "k")
    assert refused.value.thing == "address"


async def test_a_line_waits_for_contents_and_is_served_when_there_are_enough(town: Town) -> None:
    shop, first, second = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(method="digital")
    await add(shop, goods, "A")
    ones = await first.buy(goods, 2)
    await town.deliver()
    others = await second.buy(goods)
    await town.deliver()
    assert await states(town, ones) == await states(town, others) == ["WAITING"], "earliest first"
    await add(shop, goods, "B")
    await town.deliver()
    assert (await contents(first, ones), await states(town, others)) == (["A", "B"], ["WAITING"])
    await hand(shop, others, "digital", content="By hand")
    assert await contents(second, others) == ["By hand"]
    await add(shop, goods, "C")
    await town.deliver()
    assert await contents(second, others) == ["By hand"]
    async with town.db.read() as tx:
        assert await tx.one(FREE_ITEMS, bucket_of(shop.id), goods.sku_id) == 1, "what found no line is free again"
        assert await tx.one(ALL_WAITS, bucket_of(shop.id)) == 0
    await town.check_books()


async def test_contents_of_an_order_that_was_cancelled_serve_the_next(town: Town) -> None:
    shop, first, second = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(method="digital")
    cancelled, waiting = await first.buy(goods), await second.buy(goods)
    await town.deliver()
    await first.cancel(cancelled)
    await add(shop, goods, "A")
    await town.deliver()
    assert await contents(second, waiting) == ["A"]
    assert (await see(first, cancelled)).handovers == []
    await town.check_books()


async def test_one_content_may_serve_everybody_and_strangers_lay_none(town: Town) -> None:
    shop, other, shopper = await town.shop(), await town.shop(), await town.shopper()
    goods, parcel = await shop.product(method="digital"), await shop.product()
    await add(shop, goods, "https://books.example/1", is_reusable=True)
    await add(shop, goods, "https://books.example/2", is_reusable=True)
    for _ in range(2):
        order_id = await shopper.buy(goods, 3)
        await town.deliver()
        assert await contents(shopper, order_id) == ["https://books.example/2"]
    with pytest.raises(NotFound):
        await add(other, goods, "X")
    with pytest.raises(NotFound):
        await add(shop, parcel, "X")
    with pytest.raises(NotAllowed):
        await town.db.run(
            fulfilment.add_digital_items, other.owner, shop.id, goods.product_id, goods.sku_id, ["X"], "k"
        )
    with pytest.raises(Invalid):
        await add(shop, goods, "  ")
    async with town.db.read() as tx:
        stock = await fulfilment.list_digital_stock(tx, shop.owner, shop.id, goods.sku_ids)
    assert stock[goods.sku_id] == fulfilment.DigitalStock(goods.sku_id, 0, has_reusable=True, waiting=0)
    await town.db.run(fulfilment.drop_digital_items, shop.owner, shop.id, goods.product_id, goods.sku_id)
    await shopper.buy(goods)
    await town.deliver()
    async with town.db.read() as tx:
        assert await tx.one(ALL_WAITS, bucket_of(shop.id)) == 1


async def test_a_service_is_performed_and_nothing_at_all_is_received_with_the_payment(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    service, nothing = await shop.product(method="service"), await shop.product(method="none")
    order_id = await shopper.buy(service)
    await hand(shop, order_id, "service", text="Cleaned on Monday")
    assert (await see(shopper, order_id)).handovers[0].words == {"text": "Cleaned on Monday"}
    town.move_clock(days=2, hours=23)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.WAIT_BUYER_CONFIRM_GOODS
    topped = await shopper.buy(nothing)
    assert await states(town, topped) == ["RECEIVED"]
    with pytest.raises(order.WrongOrderState):
        await hand(shop, topped, "none")
    town.move_clock(hours=1)
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == OrderState.TRADE_FINISHED
    assert (await shopper.order(topped)).state == OrderState.TRADE_FINISHED
    await town.check_books()


@pytest.mark.parametrize(
    ("method", "kinds"),
    [
        ("parcel", ["REFUND", "REFUND_AND_RETURN", "EXCHANGE", "RESHIPPING"]),
        ("pickup", ["REFUND", "REFUND_AND_RETURN"]),
        ("digital", ["REFUND"]),
        ("service", ["REFUND"]),
    ],
)
async def test_what_may_be_asked_for_follows_the_method(town: Town, method: str, kinds: list[str]) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(method=method))
    if method == "parcel":
        await shop.ship(order_id)
    else:
        await hand(shop, order_id, method, place="Counter", content="CODE", text="Done")
    line = (await lines(town, order_id))[0]
    async with town.db.read() as tx:
        assert list(await aftersale.list_refund_options(tx, await shopper.order(order_id), line)) == kinds
    for kind in set(aftersale.CaseKind) - set(kinds):
        with pytest.raises(aftersale.NotReturnable):
            await ask(shopper, order_id, kind, "damaged")
    assert await ask(shopper, order_id, "REFUND", "quality")
