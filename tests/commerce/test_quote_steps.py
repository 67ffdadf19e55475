"""A room above takes something off between two layers: by its own rule, within the line, and settled like any other."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import pytest

from datong.commerce import cart, member, pricing
from datong.commerce.pricing import (
    LAYERS,
    BuyerEntitlements,
    Discount,
    LineRequest,
    PriceAdjustment,
    PricedLine,
    QuoteStep,
    StackingPolicy,
    StepContext,
    apply_best_discounts,
)
from datong.commerce.pricing.basket import QuoteOutcome
from datong.commerce.pricing.quote_steps import Adjustments, QuoteSteps
from datong.commerce.rulebook import Parameter, Rules
from datong.commerce.voucher import Terms, Tier
from datong.kernel.house import Room, build_house
from datong.kernel.money import share_of
from datong.wiring import WINGS, find_rooms
from tests.cases import CaseActions, ask
from tests.make import Goods, Shopper, Town, open_town

RULE, NOON = "77", datetime(2026, 1, 1, 12, tzinfo=UTC)
BPS = Parameter("insider.bps", int, 500, "DESIGN: off for insiders")
CODES = [layer.code for layer in LAYERS.default]
Apply = Callable[[Sequence[PricedLine], Adjustments, StepContext], Adjustments]


def insiders(lines: Sequence[PricedLine], cuts: Adjustments, context: StepContext) -> Adjustments:
    """Some percent of what is left, for insiders alone, paid for by the platform."""
    if "insider" not in context.tags:
        return [[] for _ in lines]
    bps = context.rules.value(BPS, context.at)
    left = [
        line.unit_price * line.quantity - sum(cut.amount for cut in before)
        for line, before in zip(lines, cuts, strict=True)
    ]
    parts = [min(share_of(each, bps), room) for each, room in zip(left, context.room, strict=True)]
    return [[PriceAdjustment(RULE, 3, "platform", part, "", {"en": "Insiders"})] if part else [] for part in parts]


def flat(amount: int, funder: str = "shop", rule: str = "78", version: int = 1) -> Apply:
    """So much off every line, whatever is left."""
    return lambda lines, *_: [[PriceAdjustment(rule, version, funder, amount)] for _ in lines]


def apply(
    *steps: QuoteStep, tools: Sequence[Discount] = (), lines: Sequence[int] = (10_000,), coins: int = 0
) -> QuoteOutcome:
    """Quote lines of one shop each, with these steps."""
    priced = [PricedLine(n + 1, 100 + n, n, 1, (9,), 1, price) for n, price in enumerate(lines)]
    stack = StackingPolicy(LAYERS.default, steps=QuoteSteps(steps, CODES, Rules([]), NOON))
    rights = BuyerEntitlements(frozenset({"insider"}), coins=coins)
    return apply_best_discounts(priced, tools, rights, stack)


def discount(layer: str, tier: Tier) -> Discount:
    terms = Terms(layer, [tier])
    return Discount(5, 1, 0, {}, terms, terms.reach.sets())


def step(key: str, after: str, act: Apply = insiders, turn: int = 0) -> QuoteStep:
    return QuoteStep(key=key, after=after, order=turn, apply=act)


def amounts(outcome: QuoteOutcome) -> list[list[tuple[str, int]]]:
    return [[(cut.layer, cut.amount) for cut in cuts] for cuts in outcome.cuts]


def test_a_step_works_on_what_earlier_layers_left_and_later_ones_on_what_it_leaves() -> None:
    tools = [discount("item", Tier("minus", 1_000)), discount("cross", Tier("percent", 1_000, 9_000))]
    assert amounts(apply(step("insider", "item"), tools=tools)) == [[("item", 1_000), ("insider", 450), ("cross", 855)]]
    assert amounts(apply(step("insider", "cross"), tools=tools)) == [
        [("item", 1_000), ("cross", 900), ("insider", 405)]
    ]
    assert amounts(apply(step("insider", "item"))) == [[("insider", 500)]], "where no tool of the layer works"


def test_steps_go_by_order_then_key_and_those_after_an_unknown_layer_come_last() -> None:
    steps = [
        step("c", "shop", flat(1)), step("b", "shop", flat(2)), step("a", "shop", flat(3), turn=1),
        step("lost", "no such layer", flat(4)), step("end", "coins", flat(5)),
    ]  # fmt: skip
    assert amounts(apply(*steps)) == [[("b", 2), ("c", 1), ("a", 3), ("end", 5), ("lost", 4)]]
    assert [(each.layer, each.amount) for each in apply(*steps).stepped] == amounts(apply(*steps))[0]
    unsaid = QuoteStep(key="a", after="shop", apply=flat(1))
    assert amounts(apply(step("b", "shop", flat(2)), unsaid)) == [[("a", 1), ("b", 2)]], "the order is 0 if not said"


def test_what_a_step_may_still_take_leaves_an_order_the_least_it_costs() -> None:
    rooms: list[Sequence[int]] = []

    def all_of_it(lines: Sequence[PricedLine], _: Adjustments, context: StepContext) -> Adjustments:
        rooms.append(context.room)
        return [[PriceAdjustment(RULE, 1, "shop", room)] if room else [] for room in context.room]

    outcome = apply(step("all", "shop", all_of_it), step("more", "cross", all_of_it), lines=(10, 1))
    assert rooms == [[9, 0], [0, 0]]
    assert [sum(cut.amount for cut in cuts) for cuts in outcome.cuts] == [9, 0]


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (flat(10_000), "takes 10000 off a line that has 9999 left"),
        (flat(0), "takes off 0"),
        (flat(-5), "takes off -5"),
        (flat(5, funder="bank"), "has 'bank' pay"),
        (flat(5, rule="insider"), "names no rule"),
        (flat(5, rule="0"), "names no rule"),
        (flat(5, version=0), "names no version"),
        (lambda *_: [], "answers for 0 of 1 lines"),
    ],
)
def test_what_does_not_add_up_is_refused_by_name(act: Apply, text: str) -> None:
    with pytest.raises(ValueError, match=f"quote step odd {text}"):
        apply(step("odd", "item", act))


def test_a_step_is_not_called_like_a_layer() -> None:
    with pytest.raises(ValueError, match="coins: that is a layer"):
        step("coins", "item")


INSIDERS = Room(
    name="insider", wing="consumer", uses=("pricing", "member", "rulebook"), parameters=(BPS,),
    provides=(step("insider", "shop"),),
)  # fmt: skip


@pytest.fixture
async def town(dsn: str) -> AsyncIterator[Town]:
    async with open_town(dsn, house=build_house([*find_rooms(), INSIDERS], WINGS)) as opened:
        yield opened


async def insider(town: Town) -> Shopper:
    shopper = await town.shopper()
    async with town.db.begin(shopper.actor.bucket) as tx:
        await member.put_tag(tx, shopper.actor.id, "insider", None, "test")
    return shopper


async def priced(shopper: Shopper, goods: Goods) -> pricing.Quote:
    async with shopper.town.db.read() as tx:
        line = LineRequest(goods.product_id, goods.sku_id, 1)
        return await pricing.quote(tx, [line], "31", pricing.Buyer(shopper.actor.id))


async def test_pages_and_placing_agree_and_the_platform_pays_the_shop_its_part(town: Town) -> None:
    shop, shopper, other = await town.shop(), await insider(town), await town.shopper()
    goods = await shop.product(10_000)
    assert (await priced(other, goods)).total.amount == 10_000
    quoted = await priced(shopper, goods)
    assert quoted.total.amount == 9_500
    (worked,) = quoted.tools
    assert (worked.tool_id, worked.version, worked.layer, worked.amount) == (77, 3, "insider", 500)
    assert (worked.owner_id, worked.is_voucher) == (0, False)
    await shopper.fill(goods)
    async with town.db.read() as tx:
        assert (await cart.get_cart(tx, shopper.actor, "31")).ticked.total.amount == 9_500
    (placed,) = await shopper.orders(purchase_id := await shopper.place())
    assert (placed.payable, placed.subsidy) == (9_500, 500)
    await shopper.pay(purchase_id)
    await shop.ship(placed.order_id)
    await shopper.confirm(placed.order_id)
    await town.check_books()
    assert await shop.balance() == 10_000


async def test_a_refund_undoes_a_steps_part_with_the_rest(town: Town) -> None:
    shop, shopper = await town.shop(), await insider(town)
    order_id = await shopper.buy(await shop.product(10_000))
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.deliver()
    await CaseActions(town, await ask(shopper, order_id)).agree(shop)
    await town.settle_down()
    await town.check_books()
    assert await shop.balance() == 0


async def test_a_house_without_steps_quotes_without_them(town: Town, dsn: str) -> None:
    shop, shopper = await town.shop(), await insider(town)
    goods = await shop.product(10_000)
    async with open_town(dsn) as without:
        async with without.db.read() as tx:
            line = LineRequest(goods.product_id, goods.sku_id, 1)
            quoted = await pricing.quote(tx, [line], "31", pricing.Buyer(shopper.actor.id))
        assert (quoted.total.amount, quoted.tools) == (10_000, [])
