"""Money: whole minor units of one currency, one way to round, one way to share out."""

from collections.abc import Sequence

import msgspec

MAX_AMOUNT = 10**15
"""No single amount of the platform may reach this many minor units; far above any trade, far below 63 bits."""


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units (fen, cents) of an ISO 4217 currency. Adding two currencies is a bug."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            msg = f"{self.currency} and {other.currency} do not add"
            raise ValueError(msg)
        return other.amount


def divide_half_up(numerator: int, denominator: int) -> int:
    """The one rounding rule: half away from zero, in integers.

    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(4, 3)
    (3, -3, 1)
    """
    if denominator <= 0:
        msg = "the denominator must be positive"
        raise ValueError(msg)
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def share_of(amount: int, basis_points: int) -> int:
    """`basis_points` / 10,000 of an amount, rounded half up: 5% of 100.10 is 5.01."""
    return divide_half_up(amount * basis_points, 10_000)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` out by weight with the largest remainder; the parts sum to it exactly.

    A zero weight gets nothing unless all are zero, which counts as all equal. Ties go to the earlier place.
    Where `|total| <= sum(weights)`, no part exceeds its weight.

    >>> allocate(299, [1000, 1000, 1000]), allocate(40, [10, 0]), allocate(-20, [1, 1])
    ([100, 100, 99], [40, 0], [-10, -10])
    """
    if not weights:
        if total:
            msg = "nothing to share out to"
            raise ValueError(msg)
        return []
    if min(weights) < 0:
        msg = "weights are never negative"
        raise ValueError(msg)
    whole = sum(weights)
    used = list(weights) if whole else [1] * len(weights)
    whole = whole or len(weights)
    sign = -1 if total < 0 else 1
    exact = [abs(total) * weight for weight in used]
    parts = [value // whole for value in exact]
    missing = abs(total) - sum(parts)
    if missing:
        by_remainder = sorted(range(len(used)), key=lambda place: (-(exact[place] % whole), place))
        for place in by_remainder[:missing]:
            parts[place] += 1
    return [sign * part for part in parts]
