"""A tag of a member is seen alike by page, cart, checkout and placing, and ends by itself."""

import asyncio
from datetime import datetime, timedelta

import pytest

from datong.commerce import cart, member, order, pricing
from datong.commerce.member import reactions
from datong.commerce.order import PriceMoved
from datong.commerce.pricing import Buyer, LineRequest
from datong.commerce.voucher import Terms, Tier
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid
from datong.kernel.sql import value
from tests.make import Goods, Shopper, Town

ROWS = value(int, "select count(*) from member_tag")
END = value(datetime | None, "select until from member_tag where bkt = $1 and member_id = $2")  # type: ignore[arg-type]


async def put(shopper: Shopper, tag: str = "paid_member", hours: float = 1, *, replaces: bool = False) -> None:
    """Give a shopper a tag for some hours (0: for good)."""
    async with shopper.town.db.begin(shopper.actor.bucket) as tx:
        until = tx.now + timedelta(hours=hours) if hours else None
        await member.put_tag(tx, shopper.actor.id, tag, until, "test", replaces=replaces)


async def tags(*shoppers: Shopper) -> list[set[str]]:
    async with shoppers[0].town.db.read() as tx:
        found = await member.tags_of(tx, [each.actor.id for each in shoppers])
    return [set(found.get(each.actor.id, ())) for each in shoppers]


async def prices(shopper: Shopper, goods: Goods) -> tuple[int, int]:
    """What a page and the cart say."""
    async with shopper.town.db.read() as tx:
        line = LineRequest(goods.product_id, goods.sku_id, 1)
        quoted = await pricing.quote(tx, [line], "31", Buyer(shopper.actor.id))
        return quoted.total.amount, (await cart.get_cart(tx, shopper.actor, "31")).ticked.total.amount


async def test_what_is_quoted_to_members_is_what_they_place_at(town: Town) -> None:
    shop = await town.shop()
    await shop.promote("item", Tier("percent", 1_000), audience="paid_member")
    goods = await shop.product(10_000)
    paid, other = await town.shopper(), await town.shopper()
    await put(paid)
    for shopper in (paid, other):
        await shopper.fill(goods)
    assert await prices(paid, goods) == (9_000, 9_000)
    assert await prices(other, goods) == (10_000, 10_000)
    placed = await asyncio.gather(paid.place(), other.place())
    totals = [
        [each.total.amount for each in await one.orders(two)] for one, two in zip((paid, other), placed, strict=True)
    ]
    assert totals == [[9_000], [10_000]]
    for shopper, purchase_id in zip((paid, other), placed, strict=True):
        await shopper.pay(purchase_id)
    await town.check_books()


async def test_a_voucher_for_members_is_theirs_alone(town: Town) -> None:
    shop, paid, other = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(10_000)
    terms = Terms("shop_voucher", [Tier("minus", 500)], audience="paid_member")
    template_id = await town.offer("coupon", terms, shop.owner, shop.id)
    await put(paid)
    for shopper in (paid, other):
        await shopper.claim(template_id)
        await shopper.fill(goods)
    assert await prices(paid, goods) == (9_500, 9_500)
    assert await prices(other, goods) == (10_000, 10_000)
    assert [each.total.amount for each in await paid.orders(await paid.place())] == [9_500]


async def test_a_tag_that_ends_between_quote_and_placing_is_a_price_that_moved(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shop.promote("item", Tier("percent", 1_000), audience="paid_member")
    goods = await shop.product(10_000)
    await put(shopper, hours=1)
    await shopper.fill(goods)
    agreed = await shopper.total()
    town.move_clock(hours=1)
    with pytest.raises(PriceMoved) as refused:
        await order.place_purchase(town.db, shopper.actor, shopper.address_id, agreed, "one")
    assert (refused.value.agreed, refused.value.asked) == (Money(9_000, "CNY"), Money(10_000, "CNY"))
    assert await prices(shopper, goods) == (10_000, 10_000)


async def test_the_later_end_counts_unless_it_is_replaced(town: Town) -> None:
    shopper = await town.shopper()
    start = town.db.now()

    async def end_after(*given: tuple[float, bool]) -> int | None:
        for hours, replaces in given:
            await put(shopper, hours=hours, replaces=replaces)
        async with town.db.read() as tx:
            (until,) = await tx.all(END, shopper.actor.bucket, shopper.actor.id)
        return None if until is None else round((until - start) / timedelta(hours=1))

    assert await end_after((1, False), (1, False)) == 1
    assert await end_after((5, False), (2, False)) == 5
    assert await end_after((2, True)) == 2
    assert await end_after((0, False), (9, False)) is None
    assert await end_after((3, True)) == 3
    assert await tags(shopper) == [{"paid_member"}]


async def test_eight_ends_at_once_leave_the_latest(town: Town) -> None:
    shopper = await town.shopper()
    await asyncio.gather(*(put(shopper, hours=hours) for hours in (3, 8, 1, 7, 2, 6, 4, 5)))
    town.move_clock(hours=7.5)
    assert await tags(shopper) == [{"paid_member"}]
    town.move_clock(hours=1)
    assert await tags(shopper) == [set()]


async def test_tags_end_are_dropped_and_are_forgotten(town: Town) -> None:
    one, other = await town.shopper(), await town.shopper()
    await put(one, "paid_member", hours=1)
    await put(one, "club", hours=0)
    await put(other, "club", hours=2)
    trips = town.db.round_trips
    assert await tags(one, other) == [{"paid_member", "club"}, {"club"}]
    assert town.db.round_trips == trips + 1
    town.move_clock(hours=1)
    assert await tags(one, other) == [{"club"}, {"club"}]
    async with town.db.begin(one.actor.bucket) as tx:
        assert await member.drop_tag(tx, one.actor.id, "club")
        assert not await member.drop_tag(tx, one.actor.id, "club")
        await member.put_tag(tx, one.actor.id, "past", tx.now, "test")
        assert await member.tags_of(tx, [one.actor.id]) == {}, "it ends at its end, not after it"
    assert await tags(one, other) == [set(), {"club"}]
    assert await reactions.forget_tags.act(town.adapters) == 2
    async with town.db.read() as tx:
        assert await tx.one(ROWS) == 1
    for wrong in ("", "x" * 61):
        with pytest.raises(Invalid, match="1 to 60 characters") as invalid:
            await put(one, wrong)
        assert invalid.value.field == "tag"
    for right in ("x", "x" * 60):
        await put(one, right)
    assert await tags(one) == [{"x", "x" * 60}]


async def test_a_batch_of_placing_reads_the_tags_of_all_its_buyers_at_once(town: Town) -> None:
    shop = await town.shop()
    shoppers = [await town.shopper() for _ in range(5)]
    await put(shoppers[0])
    goods_of = [await shop.product(10_000) for _ in shoppers]

    async def trips() -> tuple[int, list[int]]:
        wanted = [LineRequest(goods.product_id, goods.sku_id, 1) for goods in goods_of]
        asks = [
            pricing.QuoteAsk([line], "31", Buyer(shopper.actor.id))
            for line, shopper in zip(wanted, shoppers, strict=True)
        ]
        async with town.db.read() as tx:
            shelf = await pricing.load_offers(tx, wanted)
            await pricing.price_each(tx, shelf, asks, {})
            before = town.db.round_trips
            quotes = await pricing.price_each(tx, shelf, asks, {})
            return town.db.round_trips - before, [
                each.total.amount for each in quotes if isinstance(each, pricing.Quote)
            ]  # fmt: skip

    assert await trips() == (0, [10_000] * 5)
    await shop.promote("item", Tier("percent", 1_000), audience="paid_member")
    town.move_clock(seconds=3)
    assert await trips() == (1, [9_000] + [10_000] * 4)


async def test_a_quote_reads_tags_only_where_some_tool_asks_for_one(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    await shopper.fill(goods)

    async def trips() -> int:
        await prices(shopper, goods)
        before = town.db.round_trips
        await prices(shopper, goods)
        return town.db.round_trips - before

    without = await trips()
    await shop.promote("item", Tier("percent", 1_000), audience="paid_member")
    town.move_clock(seconds=3)
    assert await trips() == without + 2, "once for each of the two quotes"
