"""Promotions and vouchers from offer to ledger: what is paid by whom, what is counted, what comes back."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from datong.commerce import merchant, order, payment, pricing, rulebook, voucher
from datong.commerce.pricing import Buyer, LineRequest
from datong.commerce.pricing.budget_use import PromotionUsedUp
from datong.commerce.pricing.promotions import PromotionMoved
from datong.commerce.voucher import Share, Terms, Tier
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotAllowed
from tests.make import OPERATOR, Goods, Shop, Shopper, Town
from tests.races.test_races import outcome

OFF_1 = Tier("minus", 1_000, 10_000)
SHARED = [Share("shop", 4_000), Share("platform", 6_000)]


async def quote(town: Town, shopper: Shopper, *goods: Goods, chosen: frozenset[int] | None = None) -> pricing.Quote:
    """What one of each costs this shopper."""
    async with town.db.read() as tx:
        wanted = [LineRequest(each.product_id, each.sku_id, 1) for each in goods]
        return await pricing.quote(tx, wanted, "31", Buyer(shopper.actor.id, chosen=chosen))


async def place(shopper: Shopper, *goods: Goods, quantity: int = 1, chosen: frozenset[int] | None = None) -> int:
    """Place one of each at what it costs."""
    town = shopper.town
    wanted = [LineRequest(each.product_id, each.sku_id, quantity) for each in goods]
    async with town.db.read() as tx:
        agreed = (await pricing.quote(tx, wanted, "31", Buyer(shopper.actor.id, chosen=chosen))).total
    return await order.place_purchase(
        town.db, shopper.actor, shopper.address_id, agreed, f"k{town.next()}", wanted=wanted, chosen=chosen
    )


async def run_through(shop: Shop, shopper: Shopper, purchase_id: int) -> None:
    """Pay, ship and confirm the shop's order of a purchase."""
    await shopper.pay(purchase_id)
    for each in await shopper.orders(purchase_id):
        if each.shop_id == shop.id:
            await shop.ship(each.order_id, f"ship{each.order_id}")
            await shopper.confirm(each.order_id)
    await shop.town.check_books()


async def promotion(town: Town, promotion_id: int, owner: Actor = OPERATOR, owner_id: int = 0) -> pricing.Promotion:
    """A promotion as it is now."""
    async with town.db.read() as tx:
        found = await pricing.list_promotions(tx, owner, owner_id)
    return next(each for each in found if each.promotion_id == promotion_id)


async def test_who_pays_for_a_cut_pays_for_it_in_the_ledger(town: Town) -> None:
    """200, 20 off by the shop, 50 off shared: 5% commission on the 130 paid, 30 from the platform."""
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, merchant.COMMISSION_BPS.name, 500)
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(20_000)
    await shop.promote("shop", Tier("minus", 2_000, 10_000))
    shared = await town.promote("cross", Tier("minus", 5_000, 15_000), funders=SHARED)
    purchase_id = await place(shopper, goods)
    (placed,) = await shopper.orders(purchase_id)
    assert (placed.payable, placed.subsidy) == (13_000, 3_000)
    await run_through(shop, shopper, purchase_id)
    assert await shop.balance() == 13_000 - placed.commission + 3_000
    assert placed.commission == 650
    assert (await promotion(town, shared)).spent == 5_000
    async with town.db.read() as tx:
        (line,) = (await order.get_order(tx, shop.owner, placed.order_id)).lines
    assert {(cut["layer"], cut["funder"], cut["amount"]) for cut in line.cuts} == {
        ("shop", "shop", 2_000), ("cross", "shop", 2_000), ("cross", "platform", 3_000),
    }  # fmt: skip


async def test_a_voucher_is_claimed_used_and_only_once(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(12_000)
    coupon = await shopper.claim(await shop.coupon(1_500, 10_000))
    assert (await quote(town, shopper, goods)).total == Money(10_500, "CNY")
    assert (await quote(town, shopper, goods, chosen=frozenset())).total == Money(12_000, "CNY")
    purchase_id = await place(shopper, goods)
    assert await shopper.wallet("LOCKED") == [coupon]
    assert (await quote(town, shopper, goods)).total == Money(12_000, "CNY"), "it is in use"
    await run_through(shop, shopper, purchase_id)
    assert await shopper.wallet("USED") == [coupon]
    assert await shop.balance() == 10_500


async def test_what_comes_back_of_a_voucher(town: Town) -> None:
    """Unpaid close: it comes back. Paid and cancelled: it comes back if it is still valid, else it is lost."""
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(12_000)
    coupon = await shopper.claim(await shop.coupon(1_500, days=2))
    (placed,) = await shopper.orders(await place(shopper, goods))
    town.move_clock(minutes=1)
    await shopper.close(placed.order_id)
    assert await shopper.wallet() == [coupon]
    purchase_id = await place(shopper, goods)
    await shopper.pay(purchase_id)
    (placed,) = await shopper.orders(purchase_id)
    await shopper.cancel(placed.order_id)
    assert await shopper.wallet() == [coupon]
    purchase_id = await place(shopper, goods)
    await shopper.pay(purchase_id)
    (placed,) = await shopper.orders(purchase_id)
    town.move_clock(days=3)
    await shopper.cancel(placed.order_id)
    assert (await shopper.wallet(), await shopper.wallet("EXPIRED")) == ([], [coupon])
    await town.settle_down()
    await town.check_books()


async def test_a_voucher_over_two_shops_comes_back_when_both_orders_came_to_nothing(town: Town) -> None:
    shops, shopper = [await town.shop(), await town.shop()], await town.shopper()
    goods = [await each.product(10_000) for each in shops]
    funders = [Share("platform", 10_000)]
    offer = await town.offer("coupon", Terms("voucher", [Tier("minus", 3_000, 20_000)], funders=funders))
    held = await shopper.claim(offer)
    purchase_id = await place(shopper, *goods)
    placed = await shopper.orders(purchase_id)
    assert [each.payable for each in placed] == [8_500, 8_500]
    await shopper.pay(purchase_id)
    await shopper.cancel(placed[0].order_id)
    assert await shopper.wallet("USED") == [held]
    await shopper.cancel(placed[1].order_id)
    assert await shopper.wallet() == [held]
    await town.settle_down()
    await town.check_books()


async def test_one_voucher_in_eight_purchases_at_once_works_in_one(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(12_000, stock=50)
    await shopper.claim(await shop.coupon(1_500))
    found = Counter(await asyncio.gather(*(outcome(place(shopper, goods)) for _ in range(8))))
    assert found["won"] + found["order.voucher_gone"] + found["order.price_moved"] == 8
    placed = [await shopper.wallet(state) for state in ("LOCKED", "CLAIMED")]
    assert placed[0]
    assert not placed[1]
    async with town.db.read() as tx:
        orders = (await order.list_orders(tx, shopper.actor)).items
    assert sum(each.order.payable == 10_500 for each in orders) == 1
    await town.check_books()


async def test_a_claim_storm_gives_so_many_and_no_one_two(town: Town) -> None:
    shop = await town.shop()
    template_id = await shop.coupon(1_000, total=10, per_member=1)
    shoppers = [await town.shopper() for _ in range(25)]
    asks = [outcome(each.claim(template_id)) for each in shoppers for _ in range(2)]
    found = Counter(await asyncio.gather(*asks))
    assert found["won"] == 10
    assert sum(found.values()) == 50
    held = [await each.wallet() for each in shoppers]
    assert sorted(len(each) for each in held) == [0] * 15 + [1] * 10
    await town.deliver()
    assert [await each.wallet() for each in shoppers] == held, "the fact brings nobody a second one"


async def test_a_budget_never_gives_a_cent_too_much(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(10_000, stock=100)
    limited = await town.promote("cross", OFF_1, budget=5_000)
    shoppers = [await town.shopper() for _ in range(16)]
    found = Counter(await asyncio.gather(*(outcome(place(each, goods)) for each in shoppers)))
    assert found["won"] >= 5
    kept = await promotion(town, limited)
    assert kept.committed == 5_000
    await town.check_books()
    await town.check_books()
    orders = [each for shopper in shoppers for each in await orders_of(shopper)]
    assert sum(each.subsidy for each in orders) == 5_000
    town.move_clock(days=2)
    await town.settle_down()
    assert (await promotion(town, limited)).committed == 0, "unpaid orders gave their uses back"


async def orders_of(shopper: Shopper) -> list[order.ShopOrder]:
    """All orders of a shopper."""
    async with shopper.town.db.read() as tx:
        return [each.order for each in (await order.list_orders(tx, shopper.actor)).items]


async def test_a_buyers_limit_holds_over_several_orders_and_addresses(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000, stock=100)
    await shop.promote("item", Tier("price", 8_000), per_buyer=3)
    assert (await quote(town, shopper, goods)).total == Money(8_000, "CNY")
    await place(shopper, goods, quantity=2)
    await town.deliver()
    assert [each.payable for each in await orders_of(shopper)] == [16_000]
    await place(shopper, goods)
    assert (await quote(town, shopper, goods)).total == Money(10_000, "CNY"), "the fourth costs the full price"
    assert (await quote(town, await town.shopper(), goods)).total == Money(8_000, "CNY")
    await town.check_books()


async def test_a_buyers_limit_holds_however_many_orders_come_at_once(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000, stock=100)
    await shop.promote("shop", OFF_1, per_buyer=2)
    await asyncio.gather(*(outcome(place(shopper, goods)) for _ in range(8)))
    placed = [each.payable for each in await orders_of(shopper)]
    assert Counter(placed)[9_000] == 2
    await town.check_books()


async def test_vouchers_are_sent_to_many_and_each_gets_its_own_answer(town: Town) -> None:
    shop = await town.shop()
    shoppers = [await town.shopper() for _ in range(4)]
    template_id = await shop.coupon(1_000, total=3)
    await shoppers[0].claim(template_id)
    ids = [each.actor.id for each in shoppers]
    sent = await voucher.send_vouchers(town.db, shop.owner, shop.id, template_id, ids)
    assert sent[ids[0]] == "voucher.claimed_already"
    assert Counter(sent[each] for each in ids[1:]) == {"": 2, "voucher.all_claimed": 1}
    assert [len(await each.wallet()) for each in shoppers] == [1, *(int(not sent[each]) for each in ids[1:])]
    with pytest.raises(NotAllowed):
        await voucher.send_vouchers(town.db, shoppers[1].actor, shop.id, template_id, ids)
    with pytest.raises(Invalid):
        await voucher.send_vouchers(town.db, shop.owner, shop.id, template_id, list(range(1, 102)))
    await town.check_books()


async def test_denominations_are_the_rulebooks(town: Town) -> None:
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, "voucher.denominations", [300, 500, 1_000])
    shop = await town.shop()
    assert await shop.coupon(500)
    with pytest.raises(Invalid):
        await shop.coupon(700)


async def test_uses_of_a_purchase_that_was_never_written_run_out(town: Town) -> None:
    shop = await town.shop()
    limited = await town.promote("cross", OFF_1, limit_uses=1)
    purchase_id = 4096 * 77 + 5
    await pricing.reserve_budget(town.db, purchase_id, 5, [pricing.BudgetUse(limited, 0, shop.id, 1_000, 1)])
    with pytest.raises(PromotionUsedUp):
        await pricing.reserve_budget(town.db, purchase_id + 4096, 5, [pricing.BudgetUse(limited, 0, shop.id, 1_000, 1)])
    town.move_clock(minutes=15)
    await town.settle_down()
    assert (await promotion(town, limited)).used == 0
    await town.check_books()


async def test_shops_take_part_in_a_campaign_and_only_theirs_sum_together(town: Town) -> None:
    shops, shopper = [await town.shop() for _ in range(3)], await town.shopper()
    goods = [await each.product(10_000) for each in shops]
    campaign = await town.promote(
        "cross", Tier("minus", 5_000, 20_000), is_repeated=True, is_enrolled=True, funders=[Share("shop", 10_000)]
    )
    for shop in shops[:2]:
        async with town.db.begin(bucket_of(shop.id)) as tx:
            await pricing.enrol_shop(tx, shop.owner, shop.id, campaign)
    priced = await quote(town, shopper, *goods)
    assert {shop.shop_id: shop.saved for shop in priced.shops} == {
        shops[0].id: 2_500, shops[1].id: 2_500, shops[2].id: 0,
    }  # fmt: skip
    async with town.db.read() as tx:
        assert [
            (each.promotion_id, takes)
            for each, takes in await pricing.list_open_campaigns(tx, shops[2].owner, shops[2].id)
        ] == [(campaign, False)]


async def test_a_gift_is_a_line_that_costs_nothing_and_leaves_the_shelf(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods, present = await shop.product(10_000), await shop.product(900, stock=1)
    gift = voucher.Gift(present.product_id, present.sku_id)
    await shop.promote("shop", Tier("gift", amount=10_000, gift=gift))
    purchase_id = await place(shopper, goods)
    await run_through(shop, shopper, purchase_id)
    assert await shop.balance() == 10_000
    other = await town.shopper()
    assert len((await quote(town, other, goods)).shops[0].lines) == 1, (
        "no present is left, and nothing stands in the way"
    )


async def test_coins_are_spent_and_come_back(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    await shop.promote("coins", Tier("percent", 500))
    async with town.db.begin(shopper.actor.bucket) as tx:
        assert await voucher.earn_coins(tx, shopper.actor.id, 300, "welcome", 1)
        assert not await voucher.earn_coins(tx, shopper.actor.id, 300, "welcome", 1)
    (placed,) = await shopper.orders(await place(shopper, goods))
    assert placed.payable == 9_700
    assert await coins(shopper) == 0
    town.move_clock(minutes=1)
    await shopper.close(placed.order_id)
    assert await coins(shopper) == 300
    await town.check_books()


async def coins(shopper: Shopper) -> int:
    """How many coins a shopper has."""
    async with shopper.town.db.read() as tx:
        return (await voucher.get_coins(tx, [shopper.actor.id])).get(shopper.actor.id, 0)


async def test_promotions_begin_end_stop_and_are_versioned(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    made = await shop.promote("shop", OFF_1, days=1)
    assert (await quote(town, shopper, goods)).saved == 1_000
    kept = await promotion(town, made, shop.owner, shop.id)
    draft = pricing.PromotionDraft(
        {"en": "More"}, Terms("shop", [Tier("minus", 2_000, 10_000)]), kept.starts_at, kept.ends_at
    )
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await pricing.change_promotion(tx, shop.owner, shop.id, made, 1, draft)
    priced = await quote(town, shopper, goods)
    assert (priced.saved, priced.tools[0].version) == (2_000, 2)
    with pytest.raises(PromotionMoved):
        async with town.db.begin(bucket_of(shop.id)) as tx:
            await pricing.change_promotion(tx, shop.owner, shop.id, made, 1, draft)
    town.move_clock(days=1)
    assert (await quote(town, shopper, goods)).saved == 0
    again = await shop.promote("shop", OFF_1)
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await pricing.stop_promotion(tx, shop.owner, shop.id, again)
    assert (await quote(town, shopper, goods)).saved == 0


async def test_nobody_promotes_for_another(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    with pytest.raises(NotAllowed):
        await town.promote("shop", OFF_1, actor=other.owner, owner_id=shop.id)
    with pytest.raises(NotAllowed):
        await town.promote("cross", OFF_1, actor=shop.owner)
    with pytest.raises(NotAllowed):
        async with town.db.read() as tx:
            await pricing.list_promotions(tx, other.owner, shop.id)
    with pytest.raises(Invalid):
        await town.promote("shop", OFF_1, actor=shop.owner, owner_id=shop.id, funders=[Share("platform", 10_000)])
    stranger, shopper = await town.shopper(), await town.shopper()
    await shopper.claim(await shop.coupon(500))
    assert await stranger.wallet() == []
    held = frozenset(await shopper.wallet())
    goods = await shop.product(10_000)
    assert (await quote(town, stranger, goods, chosen=held)).saved == 0, "a stranger's voucher does nothing"


async def test_times_of_claiming_and_using_are_kept(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    offer = await shop.coupon(500, days=1)
    async with town.db.read() as tx:
        assert [each.template_id for each in await voucher.list_claimable(tx, [shop.id, 0])] == [offer]
    town.move_clock(days=1)
    assert await outcome(shopper.claim(offer)) == "voucher.not_claimable"
    later = await shop.coupon(500, days=3)
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await voucher.stop_template(tx, shop.owner, shop.id, later)
    assert await outcome(shopper.claim(later)) == "voucher.not_claimable"
    now = town.db.now()
    late = voucher.TemplateDraft(
        "envelope", {"en": "late"}, Terms("envelope", [Tier("minus", 100)]), 10, 1, now, now + timedelta(days=1),
        now + timedelta(days=20), now + timedelta(days=30),
    )  # fmt: skip
    with pytest.raises(Invalid):
        async with town.db.begin(bucket_of(shop.id)) as tx:
            await voucher.issue_template(tx, shop.owner, shop.id, late)


async def test_the_bank_of_an_order_knows_its_subsidy(town: Town) -> None:
    """A cancelled order costs the platform nothing; a finished one exactly its share."""
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    await town.promote("cross", OFF_1)
    cancelled, finished = await place(shopper, goods), await place(shopper, goods)
    await shopper.pay(cancelled)
    await shopper.cancel((await shopper.orders(cancelled))[0].order_id)
    await run_through(shop, shopper, finished)
    async with town.db.read() as tx:
        lines = (await payment.list_statement(tx, shop.owner, shop.id)).items
    assert [(each.kind, each.amount) for each in lines] == [("subsidy_earned", 1_000), ("order_earned", 9_000)]
    await town.settle_down()
    await town.check_books()


async def test_a_limited_campaign_by_shop_gives_one_purchase_over_two_shops_what_it_has_left(town: Town) -> None:
    one, other, shopper = await town.shop(), await town.shop(), await town.shopper()
    await town.promote("shop", OFF_1, limit_uses=1)
    purchase_id = await place(shopper, await one.product(10_000), await other.product(12_000))
    assert sorted(each.payable for each in await shopper.orders(purchase_id)) == [9_000, 12_000]
    goods = await one.product(20_000)
    with pytest.raises(PromotionUsedUp):
        await place(shopper, goods)
    assert (await quote(town, shopper, goods)).total.amount == 20_000, "the next price knows"
    await town.check_books()
