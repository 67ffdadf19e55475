"""Coupons and presales (domain.md §6)."""

import pytest

from datong.commerce import order, payment
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from tests.commerce.test_presale import balance, balance_of, finish, free
from tests.make import Town
from tests.races.test_races import outcome


@pytest.mark.parametrize(
    ("counts_as", "minus", "total", "due"),
    [(15_000, 0, 95_000, 85_000), (0, 20_000, 80_000, 70_000), (0, 0, 100_000, 90_000)],
)
async def test_a_deposit_counts_for_more_or_lowers_the_price(
    town: Town, counts_as: int, minus: int, total: int, due: int
) -> None:
    """Price 1000, deposit 100: counted as 150 the balance is 850; with 200 less it is 700."""
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000, stock=5)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000, counts_as, minus), goods)
    assert await free(town, goods) == 4
    await town.check_books()
    town.move_clock(days=3)
    purchase_id = await balance(shopper, deposit_id)
    (placed,) = await shopper.orders(purchase_id)
    assert (placed.payable, placed.due) == (total, Money(due, "CNY"))
    assert await free(town, goods) == 4, "it is held once"
    await town.check_books()
    assert (await finish(shop, shopper, purchase_id)).state == "TRADE_FINISHED"
    assert await shop.balance() == total
    assert (await shopper.deposit(deposit_id)).state == "DONE"


async def test_a_balance_not_paid_in_time_is_the_shops_and_the_stock_is_free(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000, stock=5)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000, 15_000), goods, 2)
    assert await free(town, goods) == 3
    town.move_clock(days=5)
    await town.settle_down()
    assert (await shopper.deposit(deposit_id)).state == "FORFEITED"
    assert await free(town, goods) == 5
    async with town.db.read() as tx:
        statement = (await payment.list_statement(tx, shop.owner, shop.id)).items
    assert statement[-1].amount == 20_000
    await town.check_books()
    assert await outcome(balance_of(shopper, deposit_id)) == "order.deposit_moved"


async def test_a_shop_in_default_gives_double_back(town: Town) -> None:
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shop()
    goods = await shop.product(100_000, stock=5)
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000), goods)

    async def default(actor: object) -> None:
        async with town.db.begin(shopper.actor.bucket) as tx:
            await order.default_on_deposit(tx, actor, deposit_id)  # type: ignore[arg-type]

    with pytest.raises(NotFound):
        await default(stranger.owner)
    with pytest.raises(NotAllowed):
        await default(shopper.actor)
    await default(shop.owner)
    assert await outcome(default(shop.owner)) == "order.deposit_moved"
    await town.settle_down()
    async with town.db.read() as tx:
        refunds = await payment.list_refunds(tx, deposit_id)
    assert sorted((each.amount, each.state, each.is_extra) for each in refunds) == [
        (10_000, "SUCCEEDED", False), (10_000, "SUCCEEDED", True),
    ]  # fmt: skip
    assert (await shop.balance(), await free(town, goods)) == (-10_000, 5)
    await town.check_books()


@pytest.mark.parametrize(
    ("price", "deposit", "counts_as", "minus", "fits"),
    [
        (4_900, 1_000, 0, 0, False), (5_000, 1_000, 0, 0, True), (30_000, 2_000, 0, 0, False),
        (30_000, 3_000, 0, 0, True),
        (30_000, 6_000, 0, 0, True), (30_000, 7_000, 0, 0, False), (30_000, 3_500, 0, 0, False),
        (60_000, 4_000, 0, 0, False), (60_000, 5_000, 0, 0, True), (60_000, 13_000, 0, 0, False),
        (100_000, 9_000, 0, 0, False), (100_000, 10_000, 15_000, 0, True), (100_000, 10_000, 9_000, 0, False),
        (100_000, 10_000, 0, 40_000, True), (100_000, 10_000, 0, 40_500, False), (100_000, 10_000, 0, 300, False),
        (100_000, 10_000, 15_000, 500, False),
    ],
)  # fmt: skip
async def test_the_rules_of_deposits(
    town: Town, price: int, deposit: int, counts_as: int, minus: int, *, fits: bool
) -> None:
    shop = await town.shop()
    goods = await shop.product(price)
    if fits:
        assert await shop.presale(goods, deposit, counts_as, minus)
    else:
        with pytest.raises(Invalid):
            await shop.presale(goods, deposit, counts_as, minus)
