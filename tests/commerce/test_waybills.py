"""A courier's number is one parcel's: whoever sends it, in whichever letters, at whichever moment."""

import asyncio

import pytest

from datong.commerce import aftersale, order
from datong.commerce.aftersale.returns import ReturnShipment
from datong.commerce.fulfilment import list_parcels
from datong.commerce.fulfilment.waybills import WaybillUsed
from datong.kernel.ids import bucket_for, bucket_of
from datong.kernel.sql import command
from tests.cases import CaseActions, ask, give_address, lines, see
from tests.make import Shop, Town

OLD_NUMBER = command("insert into tracking_number (bkt, courier, tracking_no, parcel_id) values ($1, $2, $3, $4)")


async def send(shop: Shop, order_id: int, number: str, key: str = "k", line_ids: list[int] | None = None) -> int:
    return await shop.town.db.run(order.ship_order, shop.owner, order_id, "sandbox", number, key, line_ids or [])


async def test_a_number_is_taken_for_one_parcel_in_any_letters(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(skus=2)
    first, second = await shopper.buy(goods), await (await town.shopper()).buy(goods)
    parcel_id = await send(shop, first, "SB-100a")
    assert await send(shop, first, "SB-100a") == parcel_id
    for number in ("SB-100a", "sb-100A"):
        with pytest.raises(WaybillUsed):
            await send(shop, second, number)
    assert await send(shop, second, "SB-101") != parcel_id


async def test_an_order_in_two_parcels_has_two_numbers(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(skus=2)
    await shopper.fill(goods)
    await shopper.fill(goods, sku=1)
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    (bought,) = await shopper.orders(purchase_id)
    one, other = await lines(town, bought.order_id)
    await send(shop, bought.order_id, "SB-200", "one", [one.line_id])
    with pytest.raises(WaybillUsed):
        await send(shop, bought.order_id, "sb-200", "other", [other.line_id])
    await send(shop, bought.order_id, "SB-201", "other", [other.line_id])
    async with town.db.read() as tx:
        assert [each.tracking_no for each in await list_parcels(tx, bought.order_id)] == ["SB-200", "SB-201"]


async def test_of_many_orders_at_once_one_gets_the_number(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(stock=20)
    orders = [await (await town.shopper()).buy(goods) for _ in range(8)]
    answers = await asyncio.gather(*(send(shop, each, "SB-300") for each in orders), return_exceptions=True)
    assert sorted(type(each).__name__ for each in answers) == ["WaybillUsed"] * 7 + ["int"]


async def test_a_claim_whose_parcel_came_to_nothing_is_the_orders_and_after_a_day_anybodys(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product()
    first, second = await (await town.shopper()).buy(goods), await (await town.shopper()).buy(goods)
    third = await (await town.shopper()).buy(goods)
    with pytest.raises(ZeroDivisionError):
        async with town.db.begin(bucket_of(first)) as tx:
            await order.ship_order(tx, shop.owner, first, "sandbox", "SB-400", "k")
            raise ZeroDivisionError
    with pytest.raises(WaybillUsed):
        await send(shop, second, "SB-400")
    town.move_clock(hours=25)
    await send(shop, second, "SB-400")
    with pytest.raises(WaybillUsed):
        await send(shop, first, "SB-400")
    await town.settle_down()
    town.move_clock(hours=49)
    with pytest.raises(WaybillUsed):
        await send(shop, third, "sb-400")


async def test_numbers_of_a_former_release_are_used_too(town: Town) -> None:
    shop = await town.shop()
    order_id = await (await town.shopper()).buy(await shop.product())
    async with town.db.begin(bucket_for("SB-500")) as tx:
        await tx.run(OLD_NUMBER, tx.bucket, "sandbox", "SB-500", order_id + 1)
    with pytest.raises(WaybillUsed):
        await send(shop, order_id, "SB-500")


async def test_two_cases_of_an_order_go_back_in_one_box_and_not_under_the_number_they_came_with(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    goods = await shop.product(skus=2)
    await shopper.fill(goods)
    await shopper.fill(goods, sku=1)
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    (bought,) = await shopper.orders(purchase_id)
    await send(shop, bought.order_id, "SB-600")
    sending = ReturnShipment("sandbox", "RT-600")
    for place in range(2):
        case_id = await ask(shopper, bought.order_id, "REFUND_AND_RETURN", "no_reason", place)
        await CaseActions(town, case_id).agree(shop)
        version = (await see(town, case_id)).version
        outward = ReturnShipment("sandbox", "SB-600")
        with pytest.raises(WaybillUsed):
            await town.db.run(aftersale.send_back, shopper.actor, case_id, version, outward)
        await town.db.run(aftersale.send_back, shopper.actor, case_id, version, sending)
