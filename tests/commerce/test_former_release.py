"""Processes of the former release on a migrated database: each side understands what the other writes.

The statements here are theirs, word for word.
"""

import asyncpg

from datong.commerce import order, payment
from datong.commerce.storefront import get_storefronts
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command, value
from datong.runtime.migrate import migrate
from datong.wiring import find_house
from tests.make import Town

PUT = command(
    """
    insert into charge (bkt, charge_id, payer_id, purchase_id, gateway, currency, amount, state, requested_at, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, 'REQUESTED', $8, $9)
    """
)
PUT_PARTS = command(
    """
    insert into charge_part (bkt, charge_id, order_id, shop_id, amount)
    select $1, $2, p.order_id, p.shop_id, p.amount
    from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as p (order_id, shop_id, amount)
    """
)
LIVE = value(
    int,
    """
    select charge_id from charge
    where bkt = $1 and purchase_id = $2 and state in ('REQUESTED', 'SENT') order by charge_id desc limit 1
    """,
)

FOUND = command(
    """
    insert into storefront (storefront_id, code, names, taglines, currency, time_zone, languages, theme, place)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (storefront_id) do update set
        names = excluded.names, taglines = excluded.taglines, languages = excluded.languages,
        theme = excluded.theme, place = excluded.place
    """
)


async def test_a_storefront_that_it_founded_trades_and_has_colours(town: Town) -> None:
    async with town.db.begin() as tx:
        await tx.run(FOUND, 3, "third", {"en": "Third"}, {"en": ""}, "CNY", "Asia/Shanghai", ["en"], "mall", 2)
    town.move_clock(seconds=3)
    async with town.db.read() as tx:
        found = (await get_storefronts(tx)).get_by_code("third")
    assert (found.is_trading, found.version, found.colours.accent) == (True, 1, "#c8400a")


async def charge_of_old(town: Town, payer: Actor, subject_id: int, share_id: int, amount: int) -> int:
    """Record a charge as the former release does."""
    async with town.db.begin(payer.bucket) as tx:
        charge_id = tx.new_id()
        await tx.run(
            PUT, tx.bucket, charge_id, payer.id, subject_id, "sandbox", "CNY", amount, tx.now, tx.now
        )  # fmt: skip
        await tx.run(PUT_PARTS, tx.bucket, charge_id, [share_id], [0], [amount])
    return charge_id


async def pay(town: Town, ref: str) -> None:
    settled = await town.gateway.settle(ref, "lost")
    assert settled
    event = await town.gateway.find_charge(settled.charge_id, settled.ref)
    assert event
    assert await payment.take_payment(town.db, event)


async def test_a_purchase_whose_charge_it_recorded_is_paid_and_refunded(town: Town) -> None:
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    (placed,) = await shopper.orders(purchase_id)
    charge_id = await charge_of_old(town, shopper.actor, purchase_id, placed.order_id, 5_000)
    ref = await shopper.open_charge(purchase_id)
    found = await town.gateway.get_charge(ref)
    assert found
    assert found.charge_id != charge_id, "its share names no shop, so it is not the one"
    async with town.db.read() as tx:
        assert await tx.one(LIVE, bucket_of(purchase_id), purchase_id) == found.charge_id, "it finds what is new"
    await pay(town, ref)
    await shopper.cancel(placed.order_id)
    await town.settle_down()
    assert (await shopper.order(placed.order_id)).state == "TRADE_CLOSED"
    await town.check_books()


async def test_a_deposit_whose_charge_it_recorded_is_paid_forfeited_or_given_back_double(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    presale_id = await shop.presale(goods, 1_000)
    deposit_id = await shopper.put_down(presale_id, goods, pays=False)
    async with town.db.begin(shopper.actor.bucket) as tx:
        charge_id = tx.new_id()
        shares = [deposit_id], [shop.id], [1_000]
        await tx.run(
            PUT, tx.bucket, charge_id, shopper.actor.id, deposit_id, "sandbox", "CNY", 1_000, tx.now, tx.now
        )  # fmt: skip
        await tx.run(PUT_PARTS, tx.bucket, charge_id, *shares)
    gateways = town.adapters.gateways
    url = await order.pay_deposit(town.db, gateways, shopper.actor, deposit_id, "sandbox", "http://test")
    opened = await town.gateway.get_charge(url.rpartition("/")[2])
    assert opened
    assert opened.charge_id == charge_id, "one charge for one deposit, whoever opened it"
    await pay(town, opened.ref)
    assert (await shopper.deposit(deposit_id)).state == "DEPOSIT_PAID"
    async with town.db.begin(shopper.actor.bucket) as tx:
        await order.default_on_deposit(tx, shop.owner, deposit_id)
    await town.settle_down()
    assert (await shopper.deposit(deposit_id)).state == "DOUBLED"
    await town.check_books()


async def test_charges_from_before_the_migration_get_their_kind_and_subject(dsn: str, town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    await shopper.put_down(await shop.presale(goods, 1_000), goods)
    await shopper.buy(await shop.product(5_000))
    connection = await asyncpg.connect(dsn)
    kinds = "select subject_kind, subject_id = purchase_id as is_named from charge order by charge_id"
    after = await connection.fetch(kinds)
    await connection.execute(
        """
        alter table charge drop column subject_kind, drop column subject_id;
        alter table refund drop column first_settled_at;
        delete from room_step where step like '%subjects%' or step like '%deposit_charges';
        """
    )
    assert await migrate(dsn, find_house()) == [
        "payment/0003_subjects", "payment/0004_subjects_filled", "order/0002_deposit_charges",
    ]  # fmt: skip
    assert await connection.fetch(kinds) == after
    assert [tuple(row) for row in after] == [("deposit", True), ("purchase", True)]
    await connection.close()
