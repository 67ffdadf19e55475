"""Sharing a cut out over lines: integers that sum to the whole, no line above what is left of it. Pure.

Two ways are known in the field: the largest remainder, which does not depend on the order of lines, and "each line
rounded down, the last takes the rest" (domain.md §5, TOP). The rulebook says which; the sums are the same.
"""

from collections.abc import Sequence

from datong.kernel.money import allocate


def apportion(total: int, bases: Sequence[int], room: Sequence[int], way: str = "largest") -> list[int]:
    """Share `total` by `bases`; what would take a line above its `room` goes to the lines that have some left.

    Answers parts that sum to `min(total, sum(room))`, each between 0 and its room.

    >>> apportion(500, [7900, 11900], [7900, 11900]), apportion(100, [10, 90], [5, 90])
    ([199, 301], [5, 90])
    """
    if len(bases) == 1:
        return [min(total, room[0])]
    left = min(total, sum(room))
    parts = [0] * len(bases)
    while left > 0:
        open_ = [place for place, most in enumerate(room) if parts[place] < most]
        weights = [bases[place] for place in open_]
        if not any(weights):
            weights = [room[place] - parts[place] for place in open_]
        shares = allocate(left, weights) if way == "largest" else _last_takes_the_rest(left, weights)
        left = 0
        for place, share in zip(open_, shares, strict=True):
            taken = min(share, room[place] - parts[place])
            parts[place] += taken
            left += share - taken
    return parts


def part_of_line(payable: int, quantity: int, before: int, count: int) -> int:
    """What `count` pieces of a line come to when `before` of them were given back already: the line's own share.

    Thresholds are never tested again, and kept pieces keep their discount (domain.md §5, partial refund). All pieces
    one after the other come to exactly what the line cost.

    >>> [part_of_line(10_000, 3, before, 1) for before in range(3)], part_of_line(9_048, 1, 0, 1)
    ([3333, 3333, 3334], 9048)
    """
    if not 0 <= before <= before + count <= quantity:
        msg = f"{before} and {count} of {quantity} pieces"
        raise ValueError(msg)
    return payable * (before + count) // quantity - payable * before // quantity


def _last_takes_the_rest(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights[:-1]]
    return [*parts, total - sum(parts)]
