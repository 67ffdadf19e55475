"""Credit levels: what so many good ratings are worth to the eye. Pure. Source: domain.md §15 [16]."""

from bisect import bisect_right
from datetime import date

import msgspec

from datong.commerce.rulebook import Parameter

STEPS = Parameter(
    "review.credit_steps", list[int],
    [
        4, 11, 41, 91, 151, 251, 501, 1001, 2001, 5001, 10_001, 20_001, 50_001, 100_001, 200_001, 500_001, 1_000_001,
        2_000_001, 5_000_001, 10_000_001,
    ],
    "domain.md §15 [16]: the least credit of each of the 20 levels", bounds=(1, 1_000_000_000))  # fmt: skip
TIERS = ("heart", "diamond", "crown", "gold_crown")
PER_TIER = 5


class Level(msgspec.Struct, frozen=True):
    """A level: its tier and how many of its signs, 1 to 5; no tier below the first step."""

    tier: str
    count: int


def level_of(credit: int, steps: list[int]) -> Level:
    """The level of so much credit.

    >>> level_of(250, STEPS.default), level_of(251, STEPS.default)
    (Level(tier='heart', count=5), Level(tier='diamond', count=1))
    """
    reached = bisect_right(steps, credit)
    if reached == 0:
        return Level("", 0)
    return Level(TIERS[min((reached - 1) // PER_TIER, len(TIERS) - 1)], (reached - 1) % PER_TIER + 1)


VALUES = {"good": 1, "neutral": 0, "bad": -1}
"""What a rating is worth in credit. Source: domain.md §15 (TOP)."""


def count_credit(given: int, most: int) -> int:
    """How much of what one gave another in a month counts: not more than the limit, up or down."""
    return max(-most, min(most, given))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month where it has no such day.

    >>> months_before(date(2026, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)
