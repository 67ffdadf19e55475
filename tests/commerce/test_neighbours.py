"""Everyone lives in one bucket: what is read or written for one owner is never the neighbour's.

A bucket is shared by many owners, so a condition on the owner is what keeps them apart. In a small test town chance
gives everyone a bucket of their own, and a condition that is missing would go unseen.
"""

import secrets

import pytest

from datong.commerce import aftersale, cart, catalog, member, merchant, messaging, order, payment, review, voucher
from datong.commerce.member import AddressDraft
from datong.consumer import favourite
from datong.kernel.ids import BUCKETS, bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import NotAllowed, NotFound, Refusal
from tests.cases import ask, give_address
from tests.make import Goods, Shop, Shopper, Town
from tests.said import finished, write

CHANCE = secrets.randbelow


class Street:
    """Two shops and two shoppers of one bucket; the first of each have traded, the others have nothing."""

    def __init__(self, shop: Shop, other: Shop, shopper: Shopper, stranger: Shopper, goods: Goods) -> None:
        self.shop, self.other, self.shopper, self.stranger, self.goods = shop, other, shopper, stranger, goods
        self.order_id = 0
        self.case_id = 0


@pytest.fixture
async def street(town: Town, monkeypatch: pytest.MonkeyPatch) -> Street:
    """Trade of the first shop with the first shopper."""
    monkeypatch.setattr(secrets, "randbelow", lambda below: 77 if below == BUCKETS else CHANCE(below))
    shop, other = await town.shop(), await town.shop()
    shopper, stranger = await town.shopper(), await town.shopper()
    assert {bucket_of(each) for each in (shop.id, other.id, shopper.actor.id, stranger.actor.id)} == {77}
    await give_address(shop)
    goods = await shop.product(10_000, 50)
    made = Street(shop, other, shopper, stranger, goods)
    await shopper.claim(await shop.coupon(100))
    done = await finished(town, shopper, shop, goods)
    await write(shopper, done, text="Warm and solid.")
    made.order_id = await shopper.buy(goods)
    made.case_id = await ask(shopper, made.order_id, "REFUND", "not_wanted")
    ahead = await shop.product(30_000)
    await shopper.put_down(await shop.presale(ahead, 3_000), ahead)
    await shopper.claim(await shop.coupon(100))
    await shopper.fill(goods)
    async with town.db.begin(77) as tx:
        await voucher.earn_coins(tx, shopper.actor.id, 300, "welcome", 1)
        chat = await messaging.open_chat(tx, shopper.actor, shop.id)
        await messaging.post_message(
            tx, shopper.actor, chat.chat_id, messaging.MessageBody("text", {"text": "Is it there?"}), "one"
        )
        await favourite.add_favourite(tx, shopper.actor, "product", goods.product_id, 10_000)
        await order.set_memo(tx, shop.owner, shop.id, made.order_id, 1, "wrap it")
    await town.deliver()
    return made


async def test_a_shopper_sees_nothing_of_a_neighbour(town: Town, street: Street) -> None:
    mine, theirs = street.stranger.actor, street.shopper.actor
    async with town.db.read() as tx:
        assert await order.count_own_orders(tx, mine) == {}
        assert (await order.list_orders(tx, mine)).items == []
        assert await order.get_own_orders(tx, mine, [street.order_id]) == {}
        assert await order.list_deposits(tx, mine) == []
        assert (await cart.get_cart(tx, mine, "31")).lines == []
        assert await cart.count_pieces(tx, mine) == 0
        assert await voucher.list_wallet(tx, mine, "CLAIMED") == []
        assert (await voucher.get_coins(tx, [mine.id])).get(mine.id, 0) == 0
        assert [each.address_id for each in await member.list_addresses(tx, mine)] == [street.stranger.address_id]
        assert sum((await order.count_own_orders(tx, theirs)).values()) == 1
        assert len((await order.list_orders(tx, theirs)).items) == 2
        with pytest.raises(Refusal):
            await order.get_order(tx, mine, street.order_id)
        with pytest.raises(Refusal):
            await member.get_address(tx, mine, street.shopper.address_id)
        with pytest.raises(Refusal):
            await aftersale.get_case(tx, mine, street.case_id)


async def test_a_shop_sees_nothing_of_a_neighbour(town: Town, street: Street) -> None:
    owner, shop_id = street.other.owner, street.other.id
    async with town.db.read() as tx:
        assert (await order.list_seller_orders(tx, owner, shop_id)).items == []
        assert await order.find_seller_order(tx, owner, shop_id, street.order_id) == []
        assert (await order.list_flagged_orders(tx, owner, shop_id, 1)).items == []
        assert set((await order.count_seller_orders(tx, owner, shop_id)).values()) <= {0}
        assert (await catalog.list_products(tx, owner, shop_id)).items == []
        assert await messaging.list_queue(tx, owner, shop_id) == []
        assert await messaging.count_waiting(tx, owner, shop_id) == 0
        assert (await payment.list_payouts(tx, owner, shop_id)).items == []
        assert (
            sum(
                each.amount
                for each in await payment.get_shop_balance(tx, owner, shop_id)
                if each.account == "shop_balance"
            )
            == 0
        )
        assert (await review.get_standing(tx, shop_id)).credit.total == 0
        assert [each.member_id for each in await merchant.list_staff(tx, owner, shop_id)] == [owner.id]


async def test_a_neighbour_moves_nothing_that_is_not_its_own(town: Town, street: Street) -> None:
    mine, goods = street.stranger.actor, street.goods
    with pytest.raises(NotFound):
        async with town.db.begin(77) as tx:
            await cart.change_line(tx, mine, goods.sku_id, quantity=5)
    async with town.db.begin(77) as tx:
        await cart.remove_from_cart(tx, mine, goods.sku_id)
        await cart.change_line(tx, mine, 0, is_ticked=False)
    draft = AddressDraft("Other", "1", "31", "Shanghai", "2 Nanjing Road")
    for attempt in (
        lambda tx: member.change_address(tx, mine, street.shopper.address_id, draft),
        lambda tx: member.remove_address(tx, mine, street.shopper.address_id),
        lambda tx: order.close_order(tx, mine, street.order_id, "not_wanted"),
        lambda tx: order.cancel_paid_order(tx, mine, street.order_id, "not_wanted"),
        lambda tx: order.confirm_order(tx, mine, street.order_id),
        lambda tx: order.ship_order(tx, street.other.owner, street.order_id, "sandbox", "SB1", "k", ()),
        lambda tx: payment.request_payout(tx, street.other.owner, street.shop.id, Money(100, "CNY"), "k"),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            async with town.db.begin(77) as tx:
                await attempt(tx)
    async with town.db.read() as tx:
        lines = (await cart.get_cart(tx, street.shopper.actor, "31")).lines
        assert [(each.quantity, each.is_ticked) for each in lines] == [(1, True)]
        assert await cart.count_pieces(tx, street.shopper.actor) == 1
        assert await member.get_address(tx, street.shopper.actor, street.shopper.address_id)
    assert (await street.shopper.order(street.order_id)).state == "WAIT_SELLER_SEND_GOODS"
    await town.check_books()


async def test_orders_paid_and_ended_by_neighbours_are_their_own(town: Town, street: Street) -> None:
    """Both buy the same, one after the other; whatever becomes of one leaves the other as it is."""
    stranger, shopper, goods = street.stranger, street.shopper, street.goods
    theirs = await stranger.buy(goods, 2)
    await street.shop.ship(theirs)
    mine = await shopper.buy(goods)
    await stranger.confirm(theirs)
    await shopper.cancel(mine)
    await town.settle_down()
    assert (await stranger.order(theirs)).state == "TRADE_FINISHED"
    assert (await shopper.order(mine)).state == "TRADE_CLOSED"
    assert (await shopper.order(street.order_id)).state == "WAIT_SELLER_SEND_GOODS"
    await town.check_books()
