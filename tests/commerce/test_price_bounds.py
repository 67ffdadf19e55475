"""Where prices turn: the last cent of a threshold, a floor, a limit, a budget; and what a shopper is told about it."""

import msgspec
import pytest

from datong.commerce.pricing import BuyerEntitlements, apply_best_discounts, apply_discounts
from datong.commerce.pricing.apportioning import apportion, part_of_line
from datong.commerce.pricing.basket import Basket
from datong.commerce.pricing.discounts import LAYERS, Discount, Layer
from datong.commerce.pricing.freight import (
    MAX_FEE,
    FreeRule,
    FreightArea,
    FreightLine,
    FreightTemplate,
    check_template,
    freight_of,
)  # fmt: skip
from datong.commerce.pricing.totals import PriceAdjustment, Quote, QuoteLine, ShopQuote
from datong.commerce.voucher import Gift, Tier
from datong.kernel.money import MAX_AMOUNT, Money
from datong.kernel.refusal import Invalid
from tests.commerce.test_discount_engine import LAST, STACK, A, B, goods, minus, paid, tool

NOBODY = BuyerEntitlements()


def saved(lines: list[tuple[int, int, int]], *tools: Discount, rights: BuyerEntitlements = NOBODY) -> int:
    made = goods(*lines)
    return sum(price * quantity for _, price, quantity in lines) - sum(
        paid(made, apply_discounts(made, tools, rights, STACK))
    )


def test_the_stack_is_what_the_sources_say() -> None:
    assert [(each.code, each.base, each.per, each.most) for each in LAYERS.default] == [
        ("item", "item", "shop", 1), ("shop", "item", "shop", 1), ("shop_voucher", "item", "shop", 1),
        ("member", "item", "purchase", 1), ("cross", "item", "purchase", 0), ("voucher", "item", "purchase", 1),
        ("envelope", "remaining", "purchase", 10), ("coins", "remaining", "shop", 1),
    ]  # fmt: skip
    made = tool(1, "shop", minus(1))
    assert (made.is_voucher, made.is_limited, made.budget_left, made.uses_left) == (
        False,
        False,
        MAX_AMOUNT,
        MAX_AMOUNT,
    )


@pytest.mark.parametrize(("amount", "off"), [(9_999, 0), (10_000, 500), (19_999, 500), (20_000, 1_200)])
def test_a_threshold_is_met_at_its_cent(amount: int, off: int) -> None:
    assert saved([(A, amount, 1)], tool(1, "shop", minus(500, 10_000), minus(1_200, 20_000))) == off


@pytest.mark.parametrize(("pieces", "off"), [(1, 0), (2, 100), (3, 100), (4, 300)])
def test_a_threshold_of_pieces_is_met_at_its_piece(pieces: int, off: int) -> None:
    assert saved([(A, 1_000, pieces)], tool(1, "shop", minus(100, pieces=2), minus(300, pieces=4))) == off


@pytest.mark.parametrize(
    ("tier", "line", "off"),
    [
        (minus(100, 1_000), (A, 500, 5), 200), (minus(100, pieces=2), (A, 500, 5), 200),
        (minus(100, 1_000, 3), (A, 500, 6), 200), (minus(100, 500, 3), (A, 500, 8), 200),
        (minus(100, 1_500, 1), (A, 500, 8), 200), (minus(100, 3_000), (A, 999, 3), 0),
    ],
)  # fmt: skip
def test_what_repeats_does_so_by_the_scarcer_of_its_conditions(
    tier: Tier, line: tuple[int, int, int], off: int
) -> None:
    assert saved([line], tool(1, "shop", tier, is_repeated=True)) == off


def test_what_is_missing_for_more_is_said_of_promotions_and_not_of_vouchers() -> None:
    lines = goods((A, 17_000, 1), (B, 500, 1))
    two = tool(1, "shop", minus(500, 10_000, 1), minus(2_000, 20_000, 3), owner=A)
    outcome = apply_discounts(lines, [two, tool(2, "cross", minus(1, 17_500, 2))], NOBODY, STACK)
    (hint,) = outcome.missed
    assert (hint.tool.tool_id, hint.shop_id, hint.amount, hint.pieces, hint.tier.value) == (1, A, 3_000, 2, 2_000)
    near = tool(3, "cross", minus(1, 17_501, 2))
    (hint,) = apply_discounts(lines, [near], NOBODY, STACK).missed
    assert (hint.shop_id, hint.amount, hint.pieces) == (0, 1, 0)
    (hint,) = apply_discounts(lines, [tool(3, "cross", minus(1, 9, 3))], NOBODY, STACK).missed
    assert (hint.amount, hint.pieces) == (0, 1)
    assert apply_discounts(lines, [tool(4, "voucher", minus(1, 99_999), voucher=True)], NOBODY, STACK).missed == []


def test_a_tool_is_about_its_shop_its_audience_its_token_and_those_who_take_part() -> None:
    lines = [(A, 1_000, 1), (B, 1_000, 1)]
    assert saved(lines, tool(1, "shop", minus(100), owner=A)) == 100
    assert saved(lines, tool(1, "shop", minus(100), owner=9)) == 0
    assert saved(lines, tool(1, "shop", minus(100))) == 200
    club = tool(1, "shop", minus(100), owner=A, audience="club")
    assert saved(lines, club) == 0
    assert saved(lines, club, rights=BuyerEntitlements(frozenset({"club"}))) == 100
    after = tool(2, "shop_voucher", minus(10), owner=A)
    assert saved(lines, club, after) == 10, "a tool for others stands in nobody's way"
    chosen = BuyerEntitlements(chosen=frozenset({7}))
    vouchers = [tool(n, "shop_voucher", minus(n), owner=A, voucher=True) for n in (6, 7)]
    assert saved(lines, *vouchers, after, rights=chosen) == 10, "the larger of the chosen one and the promotion"
    assert saved(lines, *vouchers, rights=chosen) == 7
    part = msgspec.structs.replace(tool(1, "shop", minus(100), is_enrolled=True), enrolled=frozenset({B}))
    assert saved(lines, part) == 100


def test_an_item_price_stops_at_its_floor_and_at_a_cent_a_piece() -> None:
    assert saved([(A, 1_000, 3)], tool(1, "item", minus(400), floor=600)) == 1_200
    assert saved([(A, 1_000, 3)], tool(1, "item", minus(401), floor=600)) == 0
    assert saved([(A, 1_000, 3)], tool(1, "item", minus(2_000))) == 2_997
    assert saved([(A, 1_000, 3)], tool(1, "item", Tier("percent", 10_000))) == 2_997
    assert saved([(A, 1_000, 3)], tool(1, "item", Tier("price", 999))) == 3
    assert saved([(A, 1_000, 3)], tool(1, "item", Tier("price", 1_000))) == 0
    assert saved([(A, 1_000, 3)], tool(1, "item", Tier("price", 1_001))) == 0
    assert saved([(A, 1, 3)], tool(1, "item", minus(1))) == 0


@pytest.mark.parametrize(
    ("limits", "off"),
    [({"budget_left": 300}, 300), ({"budget_left": 299}, 0), ({"uses_left": 3}, 300), ({"uses_left": 2}, 0)],
)
def test_an_item_tool_works_for_all_pieces_of_a_sku_within_its_limits_or_not(limits: dict[str, int], off: int) -> None:
    limited = msgspec.structs.replace(tool(1, "item", minus(100)), **limits)
    assert saved([(A, 1_000, 3)], limited) == off
    weaker = tool(2, "item", minus(10))
    assert saved([(A, 1_000, 3)], limited, weaker) == (off or 30), "what it cannot give, the next best gives"


@pytest.mark.parametrize(
    ("limits", "off"),
    [({"budget_left": 100}, 100), ({"budget_left": 99}, 0), ({"uses_left": 1}, 100), ({"uses_left": 0}, 0)],
)
def test_an_order_tool_is_used_once_whatever_it_is_about(limits: dict[str, int], off: int) -> None:
    assert saved([(A, 1_000, 3)], msgspec.structs.replace(tool(1, "shop", minus(100)), **limits)) == off


def test_of_equal_item_prices_the_first_made_wins_and_an_official_one_before_it() -> None:
    lines = goods((A, 1_000, 1))
    same = [tool(n, "item", minus(100)) for n in (3, 2, 4)]
    assert [each.tool.tool_id for each in apply_discounts(lines, same, NOBODY, STACK).applied] == [2]
    official = [*same, tool(9, "item", minus(50), is_official=True)]
    assert [each.tool.tool_id for each in apply_discounts(lines, official, NOBODY, STACK).applied] == [9]
    assert apply_discounts(lines, [], NOBODY, STACK).applied == []


def test_of_equal_order_tools_the_first_to_end_wins() -> None:
    lines, one = goods((A, 1_000, 1)), tool(1, "shop", minus(100))
    assert [
        each.tool.tool_id for each in apply_discounts(lines, [tool(2, "shop", minus(100)), one], NOBODY, STACK).applied
    ] == [1]
    many = [tool(n, "cross", minus(n)) for n in range(1, 13)]
    assert len(apply_discounts(lines, many, NOBODY, STACK).applied) == 12, "every one of the layer works"


def test_envelopes_with_pieces_as_condition_are_one_a_purchase_too() -> None:
    lines = goods((A, 100_000, 3))
    bound = [tool(n, "envelope", minus(100 + n, pieces=2), voucher=True) for n in (1, 2)]
    free = tool(3, "envelope", minus(50), voucher=True)
    assert [each.tool.tool_id for each in apply_discounts(lines, [*bound, free], NOBODY, STACK).applied] == [2, 3]
    layers = msgspec.structs.replace(STACK, layers=[Layer("shop", most=1)])
    assert [
        each.tool.tool_id for each in apply_discounts(lines, [tool(1, "shop", minus(5, 1))], NOBODY, layers).applied
    ] == [1]


def test_a_line_that_would_be_used_up_takes_no_part_where_the_rulebook_says_so() -> None:
    strict = msgspec.structs.replace(STACK, line_policy="disallow")
    lines = goods((A, 1_000, 1))
    for off, left in ((998, 2), (999, 1_000), (1_000, 1_000), (5_000, 1_000)):
        assert paid(lines, apply_discounts(lines, [tool(1, "shop", minus(off))], NOBODY, strict)) == [left]
    two = goods((A, 1_000, 1), (A, 9_000, 1))
    both = [tool(1, "shop", minus(5_000)), tool(2, "shop_voucher", minus(4_000))]
    assert paid(two, apply_discounts(two, both, NOBODY, strict)) == [100, 900]
    assert paid(two, apply_discounts(two, [*both, tool(3, "cross", minus(1))], NOBODY, strict)) == [100, 899]


def test_coins_pay_to_the_last_one_and_only_where_no_tool_shut_them_out() -> None:
    lines = goods((A, 1_000, 1), (B, 1_000, 1))
    coins = [tool(1, "coins", Tier("percent", 100), owner=A), tool(2, "coins", Tier("percent", 200), owner=B)]

    def spend(have: int, *tools: Discount) -> list[int]:
        return paid(lines, apply_discounts(lines, [*coins, *tools], BuyerEntitlements(coins=have), STACK))

    assert [spend(have) for have in (0, 1, 20, 21, 30, 99)] == [
        [1_000, 1_000], [1_000, 999], [1_000, 980], [999, 980], [990, 980], [990, 980],
    ]  # fmt: skip
    assert spend(99, tool(3, "shop", minus(100), owner=B, excludes=["coins"])) == [990, 900]
    twice = tool(4, "coins", Tier("percent", 50))
    assert spend(99, twice) == [990, 980], "a line is paid for with coins under one tool"


def test_gifts_multiply_with_their_threshold_and_need_one_to_be_there() -> None:
    lines = goods((A, 1_000, 7))
    made = tool(1, "shop", Tier("gift", pieces=3, gift=Gift(5, 6, 2)), is_repeated=True)
    assert [each.gifts for each in apply_discounts(lines, [made], NOBODY, STACK).applied] == [[Gift(5, 6, 4)]]
    empty = tool(1, "shop", Tier("gift", pieces=3))
    assert apply_discounts(lines, [empty], NOBODY, STACK).applied == []
    spent = msgspec.structs.replace(made, uses_left=0)
    assert apply_discounts(lines, [spent], NOBODY, STACK).applied == []


def test_up_to_four_rights_are_weighed_in_every_combination_and_more_one_by_one() -> None:
    both = goods((A, 10_000, 1), (B, 10_000, 1))
    cross = tool(99, "cross", minus(3_000, 15_000))
    good = [
        tool(50, "shop_voucher", minus(500), owner=B, voucher=True, excludes=["coins"]),
        tool(51, "voucher", minus(70), voucher=True, excludes=["coins"]),
    ]
    for count, off in ((2, 3_570), (3, 3_000)):
        bad = [tool(n, "shop_voucher", minus(1), owner=A, voucher=True, excludes=["cross"]) for n in range(count)]
        outcome = apply_best_discounts(both, [*bad, *good, cross], NOBODY, STACK)
        assert sum(paid(both, outcome)) == 20_000 - off, f"{count + 2} rights"
    lines = goods((A, 10_000, 1))
    own = tool(1, "item", minus(500), audience="club")
    lost = tool(2, "cross", minus(2_000, 10_000))
    rights = BuyerEntitlements(frozenset({"club"}))
    assert paid(lines, apply_discounts(lines, [own, lost], rights, STACK)) == [9_500]
    assert paid(lines, apply_best_discounts(lines, [own, lost], rights, STACK)) == [8_000]
    public = tool(1, "item", minus(500))
    assert paid(lines, apply_best_discounts(lines, [public, lost], rights, STACK)) == [9_500], "no right of the buyer"


def test_each_order_costs_a_cent_at_least_and_a_deposit_is_never_touched() -> None:
    lines = goods((A, 100, 1), (B, 100, 1))
    assert paid(lines, apply_discounts(lines, [tool(1, "cross", minus(1_000))], NOBODY, STACK)) == [1, 1]
    held = [msgspec.structs.replace(lines[0], prepaid=40), lines[1]]
    assert paid(held, apply_discounts(held, [tool(1, "cross", minus(1_000))], NOBODY, STACK)) == [41, 1]
    bill = Basket(held, STACK, "")
    assert (bill.room([0, 1]), bill.room([1]), bill.room([])) == ([59, 99], [99], [])
    same = Basket(goods((A, 50, 1), (A, 50, 1), (A, 80, 1)), STACK, "")
    assert (same.room([0, 1, 2]), same.room([0, 1])) == ([50, 50, 79], [50, 50])


def test_what_is_shared_out_sums_to_the_whole_and_stays_within_its_room() -> None:
    assert apportion(7, [1], [5]) == [5]
    assert apportion(3, [1], [5]) == [3]
    assert apportion(100, [10, 90], [5, 20]) == [5, 20]
    assert apportion(30, [10, 90, 0], [5, 20, 50]) == [5, 20, 5]
    assert apportion(10, [0, 0], [2, 20]) == [1, 9]
    assert apportion(10, [1, 1, 1], [10, 10, 10], "last") == [3, 3, 4]
    assert apportion(10, [1, 1, 1], [10, 10, 10]) == [4, 3, 3]
    assert apportion(0, [1, 1], [1, 1]) == [0, 0]
    assert [part_of_line(10, 3, before, count) for before, count in ((0, 3), (1, 2), (3, 0))] == [10, 7, 0]
    for before, count in ((-1, 1), (1, -1), (2, 2), (0, 4)):
        with pytest.raises(ValueError, match=f"{before} and {count} of 3 pieces"):
            part_of_line(10, 3, before, count)
    lines = goods((A, 100, 1), (A, 100, 1), (A, 100, 1))
    assert paid(lines, apply_discounts(lines, [tool(1, "shop", minus(10))], NOBODY, LAST)) == [97, 97, 96]


AREA = FreightArea(2, 500, 3, 100)


@pytest.mark.parametrize(("pieces", "fee"), [(1, 500), (2, 500), (3, 600), (5, 600), (6, 700)])
def test_freight_grows_at_its_piece(pieces: int, fee: int) -> None:
    for valuation, line in (
        ("pieces", FreightLine(1, pieces, 0, 0, 0)), ("weight", FreightLine(1, 0, pieces, 0, 0)),
        ("volume", FreightLine(1, 0, 0, pieces, 0)),
    ):  # fmt: skip
        assert freight_of([line], {1: FreightTemplate(valuation, [AREA])}, "31") == fee  # type: ignore[arg-type]


def test_freight_of_several_templates_is_the_highest_start_and_all_increments() -> None:
    far = FreightArea(1, 900, 1, 200, ["65"])
    templates = {1: FreightTemplate("pieces", [AREA, far]), 2: FreightTemplate("pieces", [FreightArea(1, 700, 1, 50)])}
    lines = [
        FreightLine(1, 3, 0, 0, 0),
        FreightLine(2, 3, 0, 0, 0),
        FreightLine(0, 9, 0, 0, 0),
        FreightLine(7, 9, 0, 0, 0),
    ]
    assert freight_of(lines, templates, "31") == 700 + 100 + 100
    assert freight_of(lines, templates, "65") == 900 + 400 + 100
    assert freight_of([], templates, "31") == 0


@pytest.mark.parametrize(
    ("rule", "goods_amount", "pieces", "region", "is_free"),
    [
        (FreeRule(1_000), 999, 9, "31", False), (FreeRule(1_000), 1_000, 1, "31", True),
        (FreeRule(0, 3), 9_999, 2, "31", False), (FreeRule(0, 3), 1, 3, "31", True),
        (FreeRule(1_000, 3), 1_000, 2, "31", False), (FreeRule(1_000, 3), 1_000, 3, "31", True),
        (FreeRule(), 9_999, 9, "31", False), (FreeRule(1_000, 0, ["65"]), 1_000, 1, "65", False),
    ],
)  # fmt: skip
def test_freight_is_free_at_its_cent_and_piece(
    rule: FreeRule, goods_amount: int, pieces: int, region: str, *, is_free: bool
) -> None:
    template = FreightTemplate("pieces", [FreightArea(1, 500, 1, 0)], [FreeRule(0, 0, ["1"]), rule])
    fee = freight_of([FreightLine(1, pieces, 0, 0, goods_amount)], {1: template}, region)
    assert (fee == 0) is is_free


@pytest.mark.parametrize(
    ("areas", "field"),
    [
        ([AREA, AREA], "areas"), ([], "areas"), ([AREA, *[FreightArea(1, 1, 1, 1, ["31"])] * 50], "areas"),
        ([FreightArea(1, MAX_FEE + 1, 1, 0)], "start_fee"), ([FreightArea(1, -1, 1, 0)], "start_fee"),
        ([FreightArea(1, 0, 1, MAX_FEE + 1)], "start_fee"), ([FreightArea(1, 0, 1, -1)], "start_fee"),
        ([FreightArea(1, 500, 1, 501)], "add_fee"), ([FreightArea(0, 500, 1, 0)], "start_standard"),
        ([FreightArea(1, 500, 0, 0)], "start_standard"), ([FreightArea(1, 1, 1, 2)], "add_fee"),
    ],
)  # fmt: skip
def test_freight_terms_out_of_bounds_are_refused(areas: list[FreightArea], field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        check_template(FreightTemplate("pieces", areas))
    assert invalid.value.field == field


def test_freight_terms_at_their_bounds_are_taken() -> None:
    assert MAX_FEE == 99_999
    areas = [FreightArea(1, 99_999, 1, 99_999), *[FreightArea(1, 0, 1, 99_999, ["31"])] * 49]
    check_template(FreightTemplate("pieces", areas, [FreeRule()] * 5))
    with pytest.raises(Invalid, match="5 free rules"):
        check_template(FreightTemplate("pieces", areas, [FreeRule()] * 6))


def test_a_quote_adds_up() -> None:
    cut = [PriceAdjustment("1", 1, "platform", 30), PriceAdjustment("2", 1, "shop", 20)]
    line = QuoteLine(5, 4, 1, 1, {}, {}, "", 2, 100, cut, prepaid=40, deposit_id=9)
    held = msgspec.structs.replace(line, sku_id=6, hold_id=3, cuts=[], prepaid=0, deposit_id=0)
    shop = ShopQuote(1, 1, {}, [line, held, line], 15)
    assert (line.goods, line.payable, held.payable) == (200, 150, 200)
    assert (shop.goods, shop.saved, shop.subsidy, shop.total, shop.prepaid) == (600, 100, 60, 515, 80)
    assert (shop.deposits, shop.vouchers, shop.coins, shop.limited) == ([9, 9], [], 0, [])
    quote = Quote("CNY", [shop, shop], [], 1, "31")
    assert (quote.saved, quote.total, quote.due) == (200, Money(1_030, "CNY"), Money(870, "CNY"))
    assert quote.quantities() == {5: 8}, "what is held already is not held again"
