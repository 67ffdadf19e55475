"""Facts: what has happened, told by the one who knows, to whoever cares.

A fact is a frozen struct of ids, money and times, named in the past tense. It is written with the change
it tells of, in one transaction, and delivered at least once and in order for one owner; each reaction's
effect happens exactly once.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from datong.kernel.tx import Tx


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all facts. Facts of one `owner_id` are delivered in the order they were told."""

    @property
    def owner_id(self) -> int:
        """Whose life this belongs to: facts of one owner keep their order, and live in its bucket."""
        raise NotImplementedError


FactT = TypeVar("FactT", bound=Fact)


class Reaction(Generic[FactT]):
    """What a room does when it hears of a fact, once in each bucket that it has to write."""

    __slots__ = ("act", "buckets", "fact", "name", "takes_many")

    def __init__(
        self,
        fact: type[FactT],
        buckets: Callable[[FactT], Iterable[int]],
        act: "Callable[[Tx, Any], Awaitable[None]]",
        *,
        takes_many: bool = False,
    ) -> None:
        self.fact = fact
        self.buckets = buckets
        self.act = act
        self.takes_many = takes_many
        self.name = f"{act.__module__.removeprefix('datong.')}.{act.__qualname__}"


class Sweep:
    """Something done every so many seconds; it must be safe to run twice, and beside itself."""

    __slots__ = ("act", "name", "seconds")

    def __init__(self, seconds: float, act: Callable[[Any], Awaitable[int]]) -> None:
        self.seconds = seconds
        self.act = act
        self.name = f"{act.__module__.removeprefix('datong.')}.{act.__qualname__}"


def on(
    fact: type[FactT], *, writes: Callable[[FactT], Iterable[int]]
) -> "Callable[[Callable[[Tx, FactT], Awaitable[None]]], Reaction[FactT]]":
    """Make a function the reaction to a fact; `writes` names the buckets its transactions belong to."""
    return lambda act: Reaction(fact, writes, act)


def on_all(
    fact: type[FactT], *, writes: Callable[[FactT], Iterable[int]]
) -> "Callable[[Callable[[Tx, Sequence[FactT]], Awaitable[None]]], Reaction[FactT]]":
    """Like `on`, for a fact that comes in crowds: the function takes many, of different owners, in one transaction.

    It writes only those buckets of theirs that are in `tx.buckets`.
    """
    return lambda act: Reaction(fact, writes, act, takes_many=True)


def every(seconds: float) -> Callable[[Callable[[Any], Awaitable[int]]], Sweep]:
    """Make a function a sweep: it is handed the adapters and answers how much it did."""
    return lambda act: Sweep(seconds, act)


AnyReaction = Reaction[Any]
