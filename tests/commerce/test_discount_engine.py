"""The engine's vectors (domain.md §5-6, correctness.md §2) and what holds for every cart."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.commerce.catalog import ProductScope
from datong.commerce.pricing import (
    LAYERS,
    BuyerEntitlements,
    Discount,
    PricedLine,
    StackingPolicy,
    apply_best_discounts,
    apply_discounts,
)
from datong.commerce.pricing.apportioning import apportion
from datong.commerce.pricing.basket import QuoteOutcome
from datong.commerce.pricing.discounts import Layer
from datong.commerce.voucher import Gift, Share, Terms, Tier, check_terms
from datong.kernel.refusal import Invalid

STACK = StackingPolicy(LAYERS.default)
LAST = StackingPolicy(LAYERS.default, remainder="last")
A, B = 1, 2
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
PLATFORM = [Share("platform", 10_000)]


def goods(*lines: tuple[int, int, int], tokens: frozenset[str] = frozenset()) -> list[PricedLine]:
    """Lines of (shop, unit price, quantity), each of another SKU in category 9 under 8."""
    return [
        PricedLine(n, 100 + n, shop, 1, (9, 8), quantity, price, tokens)
        for n, (shop, price, quantity) in enumerate(lines)
    ]


def tool(number: int, layer: str, *tiers: Tier, owner: int = 0, voucher: bool = False, **terms: object) -> Discount:
    """A tool of these tiers."""
    made = msgspec.convert({"layer": layer, "tiers": [msgspec.to_builtins(each) for each in tiers], **terms}, Terms)
    return Discount(number, 1, owner, {"en": f"tool {number}"}, made, made.reach.sets(), is_voucher=voucher)


def minus(value: int, amount: int = 0, pieces: int = 0) -> Tier:
    """So much off, from an amount or pieces."""
    return Tier("minus", value, amount, pieces)


def paid(lines: list[PricedLine], outcome: QuoteOutcome) -> list[int]:
    """What each line costs in the end."""
    return [
        line.unit_price * line.quantity - sum(cut.amount for cut in cuts)
        for line, cuts in zip(lines, outcome.cuts, strict=True)
    ]


WORKED = [
    tool(1, "shop", minus(2_000, 19_900), owner=A),
    tool(2, "shop_voucher", minus(1_000, 15_000), owner=A, voucher=True),
    tool(3, "cross", minus(5_000, 30_000), is_repeated=True, funders=[{"funder": "platform", "bps": 10_000}]),
    tool(4, "envelope", minus(500), voucher=True),
]


def test_the_worked_example_comes_out_to_the_cent() -> None:
    """Thresholds are parallel: 199-20, 10 over 150, 300-50 and an envelope of 5 all work; 221.00 with 6 of freight."""
    lines = goods((A, 20_000, 1), (B, 10_000, 1))
    assert paid(lines, apply_discounts(lines, WORKED, BuyerEntitlements(), LAST)) == [13_357, 8_143]
    assert paid(lines, apply_discounts(lines, WORKED, BuyerEntitlements(), STACK)) == [13_356, 8_144], (
        "the larger remainder gets the cent"
    )
    assert sum(paid(lines, apply_discounts(lines, WORKED, BuyerEntitlements(), STACK))) + 600 == 22_100


@pytest.mark.parametrize("stack", [STACK, LAST])
def test_vectors_of_the_field(stack: StackingPolicy) -> None:
    lines = goods((A, 7_900, 1), (A, 11_900, 1))
    assert paid(lines, apply_discounts(lines, [tool(1, "shop", minus(500))], BuyerEntitlements(), stack)) == [
        7_701,
        11_599,
    ]
    lines = goods((A, 8_000, 1), (B, 32_000, 1))
    cross = tool(1, "cross", minus(5_000, 40_000), is_repeated=True)
    assert paid(lines, apply_discounts(lines, [cross], BuyerEntitlements(), stack)) == [7_000, 28_000]
    lines = goods((A, 10_000, 1), (A, 11_000, 1))
    assert paid(lines, apply_discounts(lines, [tool(1, "shop", minus(2_000, 20_000))], BuyerEntitlements(), stack)) == [
        9_048,
        9_952,
    ]


def test_every_x_off_y_repeats_without_a_ceiling_or_up_to_one() -> None:
    lines = goods((A, 95_000, 1))
    off = tool(1, "cross", minus(5_000, 30_000), is_repeated=True)
    assert paid(lines, apply_discounts(lines, [off], BuyerEntitlements(), STACK)) == [80_000]
    capped = tool(1, "cross", minus(5_000, 30_000), is_repeated=True, ceiling=10_000)
    assert paid(lines, apply_discounts(lines, [capped], BuyerEntitlements(), STACK)) == [85_000]


def test_only_enrolled_shops_sum_together() -> None:
    lines = goods((A, 20_000, 1), (B, 10_000, 1))
    off = tool(1, "cross", minus(5_000, 30_000), is_enrolled=True)
    assert paid(lines, apply_discounts(lines, [off], BuyerEntitlements(), STACK)) == [20_000, 10_000]
    off = msgspec.structs.replace(off, enrolled=frozenset({A, B}))
    assert sum(paid(lines, apply_discounts(lines, [off], BuyerEntitlements(), STACK))) == 25_000


def test_one_item_price_wins_the_lowest_unless_an_official_one_is_there() -> None:
    lines = goods((A, 10_000, 2))
    prices = [
        tool(1, "item", Tier("price", 9_000), owner=A), tool(2, "item", Tier("percent", 2_000), owner=A),
        tool(3, "item", Tier("minus", 1_500), owner=A),
    ]  # fmt: skip
    assert paid(lines, apply_discounts(lines, prices, BuyerEntitlements(), STACK)) == [16_000]
    official = tool(4, "item", Tier("price", 9_500), is_official=True)
    assert paid(lines, apply_discounts(lines, [*prices, official], BuyerEntitlements(), STACK)) == [19_000]


def test_a_live_price_needs_its_token() -> None:
    live = tool(1, "item", Tier("price", 8_000), owner=A, token="session-7")  # noqa: S106 - a session of a live room
    assert paid(goods((A, 10_000, 1)), apply_discounts(goods((A, 10_000, 1)), [live], BuyerEntitlements(), STACK)) == [
        10_000
    ]
    inside = goods((A, 10_000, 1), tokens=frozenset({"session-7"}))
    assert paid(inside, apply_discounts(inside, [live], BuyerEntitlements(), STACK)) == [8_000]


def test_a_floor_stops_an_accidental_giveaway() -> None:
    lines = goods((A, 10_000, 1))
    typo = tool(1, "item", Tier("price", 100), owner=A, floor=5_000)
    assert paid(lines, apply_discounts(lines, [typo], BuyerEntitlements(), STACK)) == [10_000]


def test_percent_on_many_pieces_is_not_rounded_piece_by_piece() -> None:
    """10% off 25 pieces of 9.99: 249.75 less 24.98, and three lines of the same SKU cost what one of three does."""
    lines = goods((A, 999, 25))
    ten = tool(1, "item", Tier("percent", 1_000), owner=A)
    assert paid(lines, apply_discounts(lines, [ten], BuyerEntitlements(), STACK)) == [24_975 - 2_498]
    split = [PricedLine(7, 8, A, 1, (9,), n, 999) for n in (5, 10, 10)]
    assert sum(paid(split, apply_discounts(split, [ten], BuyerEntitlements(), STACK))) == 24_975 - 2_498


def test_a_hundred_percent_leaves_a_cent_a_piece_and_nothing_fails() -> None:
    lines = goods((A, 106, 3), (A, 206, 1))
    assert paid(
        lines, apply_discounts(lines, [tool(1, "item", Tier("percent", 10_000), owner=A)], BuyerEntitlements(), STACK)
    ) == [3, 1]


def test_a_line_never_goes_below_zero_and_an_order_costs_a_cent_at_least() -> None:
    lines = goods((A, 500, 1), (A, 400, 1))
    huge = tool(1, "shop", minus(999_900))
    assert sum(paid(lines, apply_discounts(lines, [huge], BuyerEntitlements(), STACK))) == 1
    disallow = StackingPolicy(LAYERS.default, line_policy="disallow")
    assert paid(lines, apply_discounts(lines, [huge], BuyerEntitlements(), disallow)) == [500, 400]


def test_a_gift_is_given_once_for_its_threshold_and_freight_is_waived_where_it_may_be() -> None:
    lines = goods((A, 10_000, 2))
    gift = tool(1, "shop", Tier("gift", gift=Gift(5, 6), pieces=2), owner=A)
    assert [each.gifts for each in apply_discounts(lines, [gift], BuyerEntitlements(), STACK).applied] == [
        [Gift(5, 6, 1)]
    ]
    free = tool(2, "shop", Tier("free_freight", amount=15_000, except_regions=["65"]), owner=A)
    assert apply_discounts(lines, [free], BuyerEntitlements(), STACK, "31").applied[0].frees_freight
    assert apply_discounts(lines, [free], BuyerEntitlements(), STACK, "65").applied == []


def test_what_is_missing_is_said() -> None:
    lines = goods((A, 17_000, 1))
    (hint,) = apply_discounts(
        lines, [tool(1, "shop", minus(2_000, 20_000), owner=A)], BuyerEntitlements(), STACK
    ).missed
    assert (hint.shop_id, hint.amount, hint.pieces) == (A, 3_000, 0)


def test_envelopes_larger_first_ten_at_most_and_one_with_a_threshold() -> None:
    lines = goods((A, 100_000, 1))
    free = [tool(n, "envelope", minus(100 + n), voucher=True) for n in range(12)]
    with_threshold = [tool(50 + n, "envelope", minus(1_000 + n, 50_000), voucher=True) for n in range(2)]
    outcome = apply_discounts(lines, [*free, *with_threshold], BuyerEntitlements(), STACK)
    assert len(outcome.applied) == 10
    assert outcome.applied[0].tool.tool_id == 51
    assert [each.tool.tool_id for each in outcome.applied if each.tool.tool_id >= 50] == [51]


def test_the_buyer_chooses_or_the_best_is_chosen() -> None:
    lines = goods((A, 20_000, 1))
    coupons = [tool(n, "shop_voucher", minus(value), owner=A, voucher=True) for n, value in ((1, 500), (2, 800))]
    assert paid(lines, apply_discounts(lines, coupons, BuyerEntitlements(), STACK)) == [19_200]
    assert paid(lines, apply_discounts(lines, coupons, BuyerEntitlements(chosen=frozenset({1})), STACK)) == [19_500]
    assert paid(lines, apply_discounts(lines, coupons, BuyerEntitlements(chosen=frozenset()), STACK)) == [20_000]


def test_coins_pay_up_to_the_share_the_shop_allows() -> None:
    lines = goods((A, 20_000, 1), (B, 10_000, 1))
    coins = tool(1, "coins", Tier("percent", 200), owner=A)
    assert paid(lines, apply_discounts(lines, [coins], BuyerEntitlements(coins=1_000), STACK)) == [19_600, 10_000]
    assert paid(lines, apply_discounts(lines, [coins], BuyerEntitlements(coins=150), STACK)) == [19_850, 10_000]


def test_the_order_of_layers_is_data() -> None:
    lines = goods((A, 10_000, 1))
    tools = [tool(1, "shop", minus(1_000), owner=A), tool(2, "member", Tier("percent", 500))]
    assert paid(lines, apply_discounts(lines, tools, BuyerEntitlements(), STACK)) == [8_550]
    turned = StackingPolicy([Layer("item"), Layer("member", per="purchase"), Layer("shop")])
    assert paid(lines, apply_discounts(lines, tools, BuyerEntitlements(), turned)) == [8_500]


def test_what_excludes_others_shuts_them_out_on_its_lines_unless_that_is_dearer() -> None:
    lines = goods((A, 20_000, 1))
    own = tool(1, "shop_voucher", minus(500), owner=A, voucher=True, excludes=["cross"])
    cross = tool(2, "cross", minus(3_000))
    assert paid(lines, apply_discounts(lines, [own, cross], BuyerEntitlements(), STACK)) == [19_500]
    assert paid(lines, apply_best_discounts(lines, [own, cross], BuyerEntitlements(), STACK)) == [17_000]


def test_shares_of_several_who_pay_sum_to_the_cut() -> None:
    lines = goods((A, 3_333, 1), (B, 3_333, 2))
    shared = tool(
        1, "cross", minus(1_001), funders=[{"funder": "shop", "bps": 3_333}, {"funder": "platform", "bps": 6_667}]
    )
    outcome = apply_discounts(lines, [shared], BuyerEntitlements(), STACK)
    assert sum(cut.amount for cuts in outcome.cuts for cut in cuts) == 1_001
    assert {cut.funder for cuts in outcome.cuts for cut in cuts} == {"shop", "platform"}


def test_a_used_up_budget_no_longer_works() -> None:
    lines = goods((A, 10_000, 1))
    off = msgspec.structs.replace(tool(1, "shop", minus(1_000)), budget_left=999)
    assert paid(lines, apply_discounts(lines, [off], BuyerEntitlements(), STACK)) == [10_000]


@pytest.mark.parametrize(
    ("total", "bases", "room", "expected"),
    [
        (450, [10] * 100, [10] * 100, None),
        (440, [10] * 100, [10] * 100, None),
        (1, [1000, 1000], [1000, 1000], [1, 0]),
        (100, [0, 1000, 1000, 1000], [0, 1000, 1000, 1000], [0, 34, 33, 33]),
        (1000, [1000, 1000, 1000], [1000] * 3, [334, 333, 333]),
        (299, [1000, 1000, 1000], [1000] * 3, [100, 100, 99]),
        (9_999, [100, 200], [100, 200], [100, 200]),
        (40, [10, 0], [10, 0], [10, 0]),
    ],
)
def test_where_others_fail_at_apportioning(
    total: int, bases: list[int], room: list[int], expected: list[int] | None
) -> None:
    """The cases of correctness.md §2 that break seven others."""
    parts = apportion(total, bases, room)
    assert sum(parts) == min(total, sum(room))
    assert all(0 <= part <= most for part, most in zip(parts, room, strict=True))
    assert expected is None or parts == expected
    assert max(parts) - min(part for part, base in zip(parts, bases, strict=True) if base) <= max(
        1, max(bases) - min(bases)
    )


@pytest.mark.parametrize(
    "terms",
    [
        Terms("shop", []), Terms("shop", [Tier("percent", 10_001)]), Terms("shop", [Tier("price", 5)]),
        Terms("item", [Tier("minus", 5, 100)]), Terms("shop", [Tier("gift")]), Terms("cross", [minus(5)]),
        Terms("shop", [minus(5)], funders=[Share("platform", 10_000)]), Terms("shop", [minus(500, 100)]),
        Terms("shop", [minus(5)], funders=[Share("shop", 9_000)]), Terms("shop", [minus(5, 100), minus(9, 100)]),
        Terms("shop", [minus(5)], is_repeated=True), Terms("shop", [minus(5)], ProductScope(products=list(range(501)))),
        Terms("item", [Tier("price", 5)], is_official=True),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(terms: Terms) -> None:
    with pytest.raises(Invalid):
        check_terms(terms, owner_id=A)


carts = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 50_000), st.integers(1, 9)), min_size=1, max_size=8)
order_tiers = st.one_of(
    st.builds(Tier, st.just("percent"), st.integers(1, 9_000), st.integers(0, 60_000), st.integers(0, 6)),
    st.integers(1, 20_000).flatmap(lambda v: st.builds(Tier, st.just("minus"), st.just(v), st.integers(v, 90_000))),
)
item_tiers = st.one_of(
    st.builds(Tier, st.sampled_from(["price", "minus"]), st.integers(1, 60_000)),
    st.builds(Tier, st.just("percent"), st.integers(1, 10_000)),
)
funders = st.integers(0, 10_000).map(
    lambda n: [{"funder": "shop", "bps": n}, {"funder": "platform", "bps": 10_000 - n}]
)


@st.composite
def tools(draw: st.DrawFn) -> list[Discount]:
    """Some promotions and vouchers on all layers."""
    made: list[Discount] = []
    for number in range(draw(st.integers(0, 8))):
        layer = draw(st.sampled_from(["item", "shop", "shop_voucher", "member", "cross", "voucher", "envelope"]))
        tier = draw(item_tiers if layer == "item" else order_tiers)
        owner = draw(st.integers(0, 3)) if layer in {"item", "shop", "shop_voucher"} else 0
        made.append(
            tool(
                number + 1, layer, tier, owner=owner, voucher=layer in {"shop_voucher", "voucher", "envelope"},
                funders=draw(funders), is_repeated=bool(layer == "cross" and (tier.amount or tier.pieces)),
            )
        )  # fmt: skip
    return made


@settings(max_examples=200, deadline=None)
@given(carts, tools(), st.sampled_from(["largest", "last"]), st.sampled_from(["cap", "disallow"]))
def test_of_any_cart_and_tools_parts_sum_and_nothing_is_below_zero(
    cart: list[tuple[int, int, int]], given_tools: list[Discount], remainder: str, policy: str
) -> None:
    lines = goods(*cart)
    outcome = apply_best_discounts(
        lines, given_tools, BuyerEntitlements(), StackingPolicy(LAYERS.default, policy, remainder)
    )
    left = paid(lines, outcome)
    assert min(left) >= 0
    for shop in {line.shop_id for line in lines}:
        assert sum(cost for cost, line in zip(left, lines, strict=True) if line.shop_id == shop) >= 1
    assert sum(each.amount for each in outcome.applied) == sum(cut.amount for cuts in outcome.cuts for cut in cuts)
    assert all(cut.amount > 0 for cuts in outcome.cuts for cut in cuts)


@settings(max_examples=200, deadline=None)
@given(carts, tools(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(
    cart: list[tuple[int, int, int]], given_tools: list[Discount], chance: object
) -> None:
    lines = goods(*cart)
    turned = list(lines)
    chance.shuffle(turned)  # type: ignore[attr-defined]
    one, other = (apply_best_discounts(each, given_tools, BuyerEntitlements(), STACK) for each in (lines, turned))
    assert sum(paid(lines, one)) == sum(paid(turned, other))
    assert {each.tool.tool_id for each in one.applied} == {each.tool.tool_id for each in other.applied}


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9_999), st.integers(2, 9), tools())
def test_one_line_of_many_pieces_costs_what_many_lines_do(price: int, pieces: int, given_tools: list[Discount]) -> None:
    whole = [PricedLine(7, 8, A, 1, (9,), pieces, price)]
    split = [PricedLine(7, 8, A, 1, (9,), 1, price) for _ in range(pieces)]
    one, other = (
        sum(paid(each, apply_discounts(each, given_tools, BuyerEntitlements(), STACK))) for each in (whole, split)
    )
    assert one == other


@settings(max_examples=200, deadline=None)
@given(carts, tools(), tools())
def test_a_right_never_makes_it_dearer(
    cart: list[tuple[int, int, int]], given_tools: list[Discount], more: list[Discount]
) -> None:
    lines = goods(*cart)
    public = [each for each in given_tools if not each.is_voucher]
    held = [msgspec.structs.replace(each, tool_id=100 + each.tool_id) for each in more if each.is_voucher][:4]
    before = sum(paid(lines, apply_best_discounts(lines, public, BuyerEntitlements(), STACK)))
    for number in range(len(held)):
        after = sum(
            paid(lines, apply_best_discounts(lines, [*public, *held[: number + 1]], BuyerEntitlements(), STACK))
        )
        assert after <= before
        before = after
    member = tool(300, "item", Tier("percent", 300), audience="club")
    assert sum(
        paid(lines, apply_best_discounts(lines, [*public, member], BuyerEntitlements(frozenset({"club"})), STACK))
    ) <= sum(paid(lines, apply_best_discounts(lines, public, BuyerEntitlements(), STACK)))


@pytest.mark.parametrize(("limits", "cost"), [
    ({"uses_left": 1}, [8_000, 9_000]),
    ({"budget_left": 2_500}, [8_000, 9_000]),
    ({"budget_left": 3_000, "uses_left": 2}, [8_000, 8_000]),
])  # fmt: skip
def test_a_limit_is_the_whole_purchases_even_where_each_shop_is_a_case_of_its_own(
    limits: dict[str, int], cost: list[int]
) -> None:
    """The platform takes 20% off at one shop's goods and 1 yuan at the other's.

    What the first took, the second has not.
    """
    lines = goods((A, 10_000, 1), (B, 9_000, 1))
    first = msgspec.structs.replace(tool(1, "shop", minus(2_000, 10_000), minus(1_000, 9_000)), **limits)
    tiers = msgspec.structs.replace(first.terms, tiers=[minus(1_000, 9_000), minus(2_000, 10_000)])
    assert (
        paid(lines, apply_discounts(lines, [msgspec.structs.replace(first, terms=tiers)], BuyerEntitlements(), STACK))
        == cost
    )
