"""A town with a little of every trade that the audit reads, all of it delivered and every identity whole."""

from datong.commerce import aftersale, catalog, messaging, voucher
from datong.commerce.catalog.import_jobs import run_imports
from datong.commerce.voucher import Tier
from datong.kernel.ids import bucket_of
from tests.cases import CaseActions, ask, give_address
from tests.make import Goods, Shop, Shopper, Town
from tests.said import rate_buyer, write


async def trade_a_little(town: Town) -> None:
    """Orders in each state, refunds, disputes, reviews, vouchers, coins, deposits, payouts, a chat, an import."""
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    goods = await shop.product(20_000, 500, skus=2, freight=await shop.freight())
    await shop.promote("item", Tier("percent", 500))
    await shop.promote("coins", Tier("percent", 500))
    await town.promote("cross", Tier("minus", 300, 10_000), budget=1_000_000)
    await shop.promote("shop", Tier("minus", 100, 10_000), limit_uses=1_000)
    await _finish(town, shop, shopper, goods)
    await _refund_and_dispute(town, shop, shopper, goods)
    await _leave_open(town, shop, shopper, goods)
    await _talk_and_import(town, shop, shopper)
    await town.settle_down()


async def _finish(town: Town, shop: Shop, shopper: Shopper, goods: Goods) -> None:
    """An order paid with coins and a coupon comes to its end; both sides rate; a day later the shop is paid out."""
    async with town.db.begin(shopper.actor.bucket) as tx:
        await voucher.earn_coins(tx, shopper.actor.id, 300, "welcome", 1)
    await shopper.claim(await shop.coupon(500, 5_000))
    finished = await shopper.buy(goods, 2)
    await shop.ship(finished)
    await shopper.confirm(finished)
    await town.deliver()
    await write(shopper, finished, text="Warm and solid.")
    await rate_buyer(town, shop, finished, "good")
    town.move_clock(hours=25)
    await town.settle_down()


async def _refund_and_dispute(town: Town, shop: Shop, shopper: Shopper, goods: Goods) -> None:
    """A refund that the shop agrees to, and one that the platform decides, with goodwill."""
    await CaseActions(town, await ask(shopper, await shopper.buy(goods), "REFUND", "not_wanted")).agree(shop)
    shipped = await shopper.buy(goods)
    await shop.ship(shipped)
    actions = CaseActions(town, await ask(shopper, shipped, "REFUND", "quality"))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    for actor in (shopper.actor, shop.owner):
        async with town.db.begin(bucket_of(actions.case_id)) as tx:
            await aftersale.complete_evidence(tx, actor, actions.case_id)
    await actions.decide("reject", goodwill=700)
    await town.settle_down()


async def _leave_open(town: Town, shop: Shop, shopper: Shopper, goods: Goods) -> None:
    """What has not come to its end.

    Unpaid, paid and shipped orders, an open case, a dispute, a deposit, a payout under way.
    """
    await shopper.fill(goods, 3, sku=1)
    await shopper.buy(goods)
    await shop.ship(await shopper.buy(goods))
    await ask(shopper, await shopper.buy(goods), "REFUND", "not_wanted")
    disputed = await shopper.buy(goods)
    await shop.ship(disputed)
    actions = CaseActions(town, await ask(shopper, disputed, "REFUND", "quality"))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    ahead = await shop.product(30_000)
    await shopper.put_down(await shop.presale(ahead, 3_000), ahead)
    await shopper.fill(goods)
    purchase_id = await shopper.place()
    await shopper.open_charge(purchase_id)
    closed = await shopper.buy(goods)
    await town.deliver()
    await shopper.cancel(closed)
    await town.deliver()


async def _talk_and_import(town: Town, shop: Shop, shopper: Shopper) -> None:
    async with town.db.begin(shopper.actor.bucket) as tx:
        chat = await messaging.open_chat(tx, shopper.actor, shop.id)
        await messaging.post_message(
            tx, shopper.actor, chat.chat_id, messaging.MessageBody("text", {"text": "Is it in stock?"}), "one"
        )
        await messaging.post_message(
            tx, shopper.actor, chat.chat_id, messaging.MessageBody("text", {"text": "Hello?"}), "two"
        )
    table = f"number,title_en,category,price\nT-1,Thing,{town.category_id},9\nT-2,,{town.category_id},x\n".encode()
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await catalog.start_import(tx, shop.owner, shop.id, "things", catalog.read_table(table))
    while await run_imports(town.db):
        pass
