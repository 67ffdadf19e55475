"""At the very edge: the last amount, instant and step that is allowed, and what is written down on the way."""

from datetime import timedelta
from typing import cast

import msgspec
import pytest

from datong.adapters.payment import Gateway, GatewayEvent, PayoutOrder, TransferAnswer
from datong.commerce import aftersale, inventory, member, order, payment, pricing
from datong.commerce.inventory.stock import MAX_QUANTITY
from datong.commerce.member.sign_in import GUESSES_BY_ADDRESS
from datong.commerce.payment.ledger import Leg, post
from datong.commerce.payment.payouts import send_payouts
from datong.commerce.payment.reconciliation import check_lost_charges
from datong.commerce.payment.refunds import send_refunds
from datong.commerce.pricing import BuyerEntitlements, Discount, PricedLine, StackingPolicy, apply_best_discounts
from datong.commerce.pricing.basket import MIN_AMOUNT
from datong.commerce.pricing.promotions import PromotionMoved
from datong.commerce.voucher import Share, Terms, Tier
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, TooMany
from datong.kernel.sql import Command, command, rows, value
from tests.cases import CaseActions, ask, bought, give_address, view
from tests.commerce.test_disputes import be_ready, refused
from tests.make import OPERATOR, Shop, Shopper, Town


class Counted(msgspec.Struct, frozen=True):
    """What was counted of a promotion for a purchase."""

    promotion_id: int
    amount: int
    uses: int


USES = rows(Counted, "select promotion_id, amount, uses from promotion_use where purchase_id = $1")


async def test_each_promotion_counts_its_own_cuts_and_not_its_neighbours(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    item = await shop.promote("item", Tier("percent", 500), budget=1_000_000)
    whole = await shop.promote("shop", Tier("minus", 700, 5_000), budget=1_000_000)
    await shopper.fill(goods, 3)
    purchase_id = await shopper.place()
    async with town.db.read() as tx:
        counted = {each.promotion_id: (each.amount, each.uses) for each in await tx.all(USES, purchase_id)}
    assert counted == {item: (1_500, 3), whole: (700, 1)}


async def test_limits_may_be_lowered_to_what_is_given_and_no_further(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    made = await shop.promote("shop", Tier("minus", 1_000, 5_000), budget=9_000, limit_uses=9)
    await shopper.buy(goods)

    async def change(version: int, budget: int, limit: int) -> None:
        now = town.db.now()
        terms = Terms("shop", [Tier("minus", 1_000, 5_000)])
        draft = pricing.PromotionDraft({"en": "Less"}, terms, now, now + timedelta(days=1), budget, limit)
        async with town.db.begin(bucket_of(shop.id)) as tx:
            await pricing.change_promotion(tx, shop.owner, shop.id, made, version, draft)

    with pytest.raises(PromotionMoved):
        await change(1, 999, 0)
    await change(1, 1_000, 1)
    await change(2, 0, 0)


def test_what_was_paid_ahead_is_not_taken_off_again() -> None:
    """A line of 100.00 with 30.00 paid ahead has 70.00 to give, but for the least an order costs."""
    line = PricedLine(1, 101, 1, 1, (9, 8), 1, 10_000, prepaid=3_000)
    terms = Terms("shop", [Tier("minus", 9_999, 100)], funders=[Share("shop", 10_000)])
    tool = Discount(1, 1, 1, {"en": "nearly all"}, terms, terms.reach.sets())
    outcome = apply_best_discounts([line], [tool], BuyerEntitlements(), StackingPolicy(pricing.LAYERS.default))
    assert sum(cut.amount for cuts in outcome.cuts for cut in cuts) == 7_000 - MIN_AMOUNT


async def test_a_refund_that_the_gateway_sends_back_is_owed_again_and_sent_a_day_later(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await CaseActions(town, await ask(shopper, order_id, "REFUND", "not_wanted")).agree(shop)
    await town.settle_down()
    async with town.db.read() as tx:
        (refund,) = await payment.list_refunds(tx, order_id)
    assert refund.state == "SUCCEEDED"
    for number, amount in enumerate((Money(1, "CNY"), Money(refund.amount, "USD"))):
        wrong = GatewayEvent(f"wrong{number}", "refund_failed", refund.refund_id, "", amount)
        await payment.take_payment(town.db, wrong)
    async with town.db.read() as tx:
        assert [each.state for each in await payment.list_refunds(tx, order_id)] == ["SUCCEEDED"]
    back = GatewayEvent("back", "refund_failed", refund.refund_id, "", Money(refund.amount, "CNY"))
    await payment.take_payment(town.db, back)
    await town.check_books()
    await send_refunds(town.db, town.adapters.gateways)
    async with town.db.read() as tx:
        assert [each.state for each in await payment.list_refunds(tx, order_id)] == ["DECLINED"]
    town.move_clock(days=1, minutes=1)
    await town.settle_down()
    async with town.db.read() as tx:
        assert [each.state for each in await payment.list_refunds(tx, order_id)] == ["SUCCEEDED"]
    await town.check_books()


class Slow:
    """A bank that takes payouts and does not say yet what became of them."""

    def __init__(self) -> None:
        self.asked = 0

    async def pay_out(self, _: PayoutOrder) -> TransferAnswer:
        self.asked += 1
        return TransferAnswer("pending")

    async def find_payout(self, order: PayoutOrder) -> TransferAnswer | None:
        return await self.pay_out(order)


async def test_a_payout_that_is_under_way_is_asked_after_in_an_hour(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.deliver()
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await payment.request_payout(tx, shop.owner, shop.id, Money(10_000, "CNY"), "key")
    bank = Slow()
    for minutes, asked in ((0, 1), (59, 1), (2, 2)):
        town.move_clock(minutes=minutes)
        await send_payouts(town.db, {"sandbox": cast("Gateway", bank)})
        assert bank.asked == asked
    await town.check_books()
    town.move_clock(minutes=61)
    await send_payouts(town.db, town.adapters.gateways)
    async with town.db.read() as tx:
        assert [each.state for each in (await payment.list_payouts(tx, shop.owner, shop.id)).items] == ["PAID"]
    await town.check_books()


AWAY = tuple(
    command(f"update {table} set gateway = 'gone' where {key} = $2 and bkt = $1")
    for table, key in (("refund", "refund_id"), ("payout", "payout_id"), ("charge", "charge_id"))
)


async def test_a_gateway_that_is_not_configured_holds_up_its_own_alone(town: Town) -> None:
    """Two refunds, two payouts and two silent charges: the first of each is with a gateway that is gone."""
    made: list[tuple[Command, int]] = []
    refunded, paid = [], []
    for number in range(2):
        shop, shopper, order_id = await bought(town)
        await CaseActions(town, await ask(shopper, order_id, "REFUND", "not_wanted")).agree(shop)
        async with town.db.read() as tx:
            refunded.append((await payment.list_refunds(tx, order_id))[0].refund_id)
        sold = await shopper.buy(await shop.product(20_000))
        await shop.ship(sold)
        await shopper.confirm(sold)
        await town.deliver()
        async with town.db.begin(bucket_of(shop.id)) as tx:
            paid.append(await payment.request_payout(tx, shop.owner, shop.id, Money(20_000, "CNY"), "key"))
        await shopper.fill(await shop.product(5_000))
        await town.gateway.settle(await shopper.open_charge(await shopper.place()), "lost")
        if number == 0:
            async with town.db.read() as tx:
                (silent,) = await tx.all(value(int, "select charge_id from charge where state = 'SENT'"))
            made = list(zip(AWAY, (refunded[0], paid[0], silent), strict=True))
    for statement, owner in made:
        async with town.db.begin(bucket_of(owner)) as tx:
            await tx.run(statement, bucket_of(owner), owner)
    town.move_clock(minutes=11)
    await send_refunds(town.db, town.adapters.gateways)
    await send_payouts(town.db, town.adapters.gateways)
    assert await check_lost_charges(town.db, town.adapters.gateways) == 1
    async with town.db.read() as tx:
        states = value(str, "select state from refund union all select state from payout")
        assert sorted(await tx.all(states)) == ["PAID", "SENT", "SENT", "SUCCEEDED"]


async def presale(town: Town, shop: Shop, price: int, deposit: int, *hours: int) -> int:
    """Offer ahead, with the four instants in hours from now."""
    product = await shop.product(price)
    now = town.db.now()
    times = [now + timedelta(hours=each) for each in hours or (0, 24, 24, 48)]
    draft = order.PresaleDraft(product.product_id, {"en": "Ahead"}, deposit, times[0], times[1], times[2], times[3])
    async with town.db.begin(bucket_of(shop.id)) as tx:
        return await order.make_presale(tx, shop.owner, shop.id, draft)


async def test_a_presale_begins_at_its_least_price(town: Town) -> None:
    shop = await town.shop()
    assert await presale(town, shop, 5_000, 1_000)
    with pytest.raises(Invalid, match="product_id"):
        await presale(town, shop, 4_999, 1_000)


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ((30, 24, 24, 48), "deposit_until"), ((24, 24, 24, 48), "deposit_until"), ((0, 24, 24, 24), "balance_until"),
        ((0, 24, 24, 12), "balance_until"), ((0, 24, 23, 48), "balance_from"), ((48, 24, 24, 0), "deposit_until"),
        ((-48, 0, 24, 48), "deposit_until"), ((-48, -24, -24, 48), "deposit_until"),
    ],
)  # fmt: skip
async def test_a_presale_takes_deposits_first_and_balances_after(
    town: Town, hours: tuple[int, ...], field: str
) -> None:
    shop = await town.shop()
    with pytest.raises(Invalid) as invalid:
        await presale(town, shop, 10_000, 1_000, *hours)
    assert invalid.value.field == field
    assert await presale(town, shop, 10_000, 1_000, 0, 24, 25, 48)
    assert await presale(town, shop, 10_000, 1_000, 0, 24, 24, 48)


async def test_stock_goes_up_to_its_limit_and_down_to_nothing(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(stock=5)

    async def change(quantity: int) -> int:
        async with town.db.begin(bucket_of(goods.sku_id)) as tx:
            return await inventory.change_stock(tx, shop.owner, shop.id, goods.sku_id, quantity, "counted")

    assert await change(-5) == 0
    assert await change(MAX_QUANTITY) == MAX_QUANTITY
    for wrong in (1, -MAX_QUANTITY - 1):
        with pytest.raises(Invalid):
            await change(wrong)
    assert await change(-MAX_QUANTITY) == 0
    await town.check_books()


async def test_an_appeal_is_in_the_timeline_in_its_own_words(town: Town) -> None:
    shop, shopper, _, deeds = await refused(town)
    await be_ready(town, deeds.case_id, shopper.actor, shop.owner)
    with pytest.raises(order.RefundTooHigh):
        await deeds.decide("refund", 10_001)
    await deeds.decide("refund", 10_000)
    async with town.db.begin(bucket_of(deeds.case_id)) as tx:
        await aftersale.appeal_decision(tx, shop.owner, deeds.case_id, "  there is a film of it ")
    said = [
        (each.side, each.actor_id, each.text)
        for each in (await view(town, deeds.case_id)).events
        if each.action == "appealed"
    ]
    assert said == [("seller", shop.owner.id, "there is a film of it")]


async def test_another_piece_is_waited_for_into_the_future(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await give_address(shop)
    await shop.ship(order_id)
    deeds = CaseActions(town, await ask(shopper, order_id, "EXCHANGE", "quality", is_received=True))
    await deeds.agree(shop)
    await deeds.send_back(shopper)
    await deeds.confirm_return(shop)
    case = await deeds.replace(shop)
    assert case.due_at
    assert case.due_at > town.db.now()


async def test_a_posting_that_moves_nothing_has_a_number_all_the_same(town: Town) -> None:
    async with town.db.begin(5) as tx:
        assert await post(tx, [], "CNY", "test", 1) > 0
        assert await post(tx, [Leg("escrow", 1, 0)], "CNY", "test", 1) > 0
        assert await post(tx, [Leg("gateway", 0, -5), Leg("unapplied", 1, 5)], "CNY", "test", 1) > 0


async def test_what_was_found_sold_out_is_known_until_there_is_more(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(stock=1)
    await shopper.buy(goods)
    await town.deliver()
    memory = inventory.sold_out(town.db)
    assert memory.find({goods.sku_id: 1}) is None
    with pytest.raises(inventory.StockShort) as short:
        await inventory.hold(town.db, 4097, {goods.sku_id: 1})
    assert short.value.free == 0
    assert memory.find({goods.sku_id: 1}) == goods.sku_id
    async with town.db.begin(bucket_of(goods.sku_id)) as tx:
        await inventory.change_stock(tx, shop.owner, shop.id, goods.sku_id, 1, "counted")
    assert memory.find({goods.sku_id: 1}) is None
    with pytest.raises(inventory.StockShort):
        await inventory.hold(town.db, 8193, {goods.sku_id: 2})
    assert memory.find({goods.sku_id: 1}) is None, "one is left, which is enough for someone else"


async def test_who_has_placed_gets_the_same_answer_from_a_rush_for_what_is_gone(town: Town) -> None:
    shop, shopper, late = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(10_000, stock=1)
    wanted = [pricing.LineRequest(goods.product_id, goods.sku_id, 1)]

    async def place(who: Shopper) -> int:
        total = Money(10_000, "CNY")
        return await order.place_purchase(town.db, who.actor, who.address_id, total, "key", wanted=wanted)

    placed = await place(shopper)
    inventory.sold_out(town.db).note(goods.sku_id)
    assert await place(shopper) == placed
    with pytest.raises(inventory.StockShort):
        await place(late)


@pytest.mark.parametrize(("days", "shops"), [(0, 1), (32, 1), (7, 0), (7, order.MAX_TRIED_SHOPS + 1)])
async def test_a_promotion_is_tried_on_so_many_days_and_shops(town: Town, days: int, shops: int) -> None:
    async with town.db.read() as tx:
        terms = Terms("cross", [Tier("minus", 300, 10_000)], funders=[Share("platform", 10_000)])
        with pytest.raises(Invalid, match="days"):
            await order.simulate_promotion(tx, OPERATOR, 0, terms, range(1, shops + 1), days)


async def test_names_and_passwords_of_members_have_their_lengths(town: Town) -> None:
    for number, (password, shown) in enumerate([("x" * 8, ""), ("x" * 200, ""), ("x" * 8, "n" * 40)]):
        assert await member.register(town.db, f"good{number}@example.org", password, shown)
    for password in ("x" * 7, "x" * 201, "Wrong@example.org"):
        with pytest.raises(member.PasswordWeak):
            await member.register(town.db, "wrong@example.org", password)
    for shown in ("n" * 41, "a\nb"):
        with pytest.raises(Invalid, match="display_name"):
            await member.register(town.db, "wrong@example.org", "x" * 8, shown)
    assert await member.register(town.db, "wrong@example.org", "x" * 8), "what was refused took no name"


async def test_operators_work_in_centres_that_there_are(town: Town) -> None:
    shopper = await town.shopper()
    for centres in ([], ["none"], ["platform", "none"]):
        with pytest.raises(Invalid, match="centres"):
            async with town.db.begin(shopper.actor.bucket) as tx:
                await member.appoint_operator(tx, SYSTEM, shopper.actor.id, centres)


async def test_an_address_guesses_so_often_whatever_it_knows_beside(town: Town) -> None:
    """Logging in with an account of one's own neither counts as a guess nor wipes away the guesses at others'."""
    await member.register(town.db, "own@example.org", "correct horse")
    most = GUESSES_BY_ADDRESS.default
    for number in range(most):
        with pytest.raises(member.WrongPassword):
            await member.log_in(town.db, f"other{number}@example.org", "wrong horse", "address")
        if number < most - 1:
            await member.log_in(town.db, "own@example.org", "correct horse", "address")
    with pytest.raises(TooMany):
        await member.log_in(town.db, "other@example.org", "wrong horse", "address")
    with pytest.raises(member.WrongPassword):
        await member.log_in(town.db, "other@example.org", "wrong horse", "another address")
    town.move_clock(minutes=16)
    for _ in range(most + 1):
        await member.log_in(town.db, "own@example.org", "correct horse", "address")
