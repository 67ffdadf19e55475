"""Money: sharing out never loses or invents a minor unit. Cases: correctness.md §2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel.money import Money, allocate, divide_half_up, share_of

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (299, [1000, 1000, 1000], [100, 100, 99]),
        (40, [10, 0], [40, 0]),
        (10, [0, 0], [5, 5]),
        (-20, [1, 1], [-10, -10]),
        (1, [1000, 1000], [1, 0]),
        (100, [0, 1000, 1000, 1000], [0, 34, 33, 33]),
        (1000, [10, 10, 10], [334, 333, 333]),
        (100, [50, 50, 50], [34, 33, 33]),
        (450, [10] * 100, [5] * 50 + [4] * 50),
        (0, [], []),
    ],
)
def test_known_cases(total: int, weights: list[int], parts: list[int]) -> None:
    assert allocate(total, weights) == parts


@given(st.integers(-(10**12), 10**12), WEIGHTS)
def test_parts_sum_to_the_whole(total: int, weights: list[int]) -> None:
    assert sum(allocate(total, weights)) == total


@given(WEIGHTS, st.data())
def test_no_part_is_above_its_line_and_free_lines_get_nothing(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    parts = allocate(total, weights)
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True)) or sum(weights) == 0


@given(WEIGHTS, st.data())
def test_order_matters_only_for_ties(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, max(1, sum(weights))))
    shuffled = data.draw(st.permutations(weights))
    by_weight = sorted(zip(weights, allocate(total, weights), strict=True))
    again = sorted(zip(shuffled, allocate(total, shuffled), strict=True))
    assert [weight for weight, _ in by_weight] == [weight for weight, _ in again]
    assert all(abs(a[1] - b[1]) <= 1 for a, b in zip(by_weight, again, strict=True))


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_to_the_nearest_and_symmetric(numerator: int, denominator: int) -> None:
    rounded = divide_half_up(numerator, denominator)
    assert abs(rounded * denominator - numerator) * 2 <= denominator
    assert divide_half_up(-numerator, denominator) == -rounded


def test_five_percent_is_rounded_half_up() -> None:
    assert [share_of(amount, 500) for amount in (10, 9, 30, 10_010)] == [1, 0, 2, 501]


def test_nothing_to_share_with_and_negative_weights_are_bugs() -> None:
    for total, weights in ((1, []), (1, [-1, 2])):
        with pytest.raises(ValueError, match=r"share out|negative"):
            allocate(total, weights)


def test_currencies_do_not_mix() -> None:
    assert Money(1, "CNY") + Money(2, "CNY") - Money(4, "CNY") == -Money(1, "CNY")
    with pytest.raises(ValueError, match="do not add"):
        Money(1, "CNY") + Money(1, "USD")
