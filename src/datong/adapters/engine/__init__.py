"""Search engines: documents of words, codes and numbers, found by a small tree of conditions.

An index is a set of documents under a name. Words come tokenised, separated by spaces, so that every engine finds the
same; what ranks them at last is not the engine's business, its scores only choose who is looked at. One process writes
an index, any number read it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

Kind = Literal["words", "bag", "code", "number"]
Fields = Mapping[str, Kind]
"""What documents consist of.

`words` have places, a `bag` of words has none, a `code` is exact and counted, a `number` has a range and an order.
"""


class EngineDown(Exception):  # noqa: N818 - a state of the adapters
    """The engine gave no usable answer (away, full, no such index); the same call may be made again."""


class Word(msgspec.Struct, frozen=True, tag=True):
    """A word in a field of words, or a value of a code."""

    field: str
    word: str
    weight: float = 1.0


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """Words right after one another."""

    field: str
    words: tuple[str, ...]
    weight: float = 1.0


class Among(msgspec.Struct, frozen=True, tag=True):
    """A code that is one of these; scores nothing."""

    field: str
    values: tuple[str, ...]


class Range(msgspec.Struct, frozen=True, tag=True):
    """A number between two bounds, both included; None: no bound. Scores nothing."""

    field: str
    least: int | None = None
    most: int | None = None


class Best(msgspec.Struct, frozen=True, tag=True):
    """Any of the parts; scores the best of them and a share of the rest."""

    parts: tuple["Node", ...]
    rest: float = 0.0


class Match(msgspec.Struct, frozen=True, tag=True):
    """All of `must`, none of `must_not`; `should` only score. Without must it is everything."""

    must: tuple["Node", ...] = ()
    should: tuple["Node", ...] = ()
    must_not: tuple["Node", ...] = ()


Node = Word | Phrase | Among | Range | Best | Match


class Count(msgspec.Struct, frozen=True):
    """Count documents by the values of a code (the most frequent ones), or by ranges of a number from bound to bound.

    With a `query` of its own it counts in that one's results instead.
    """

    name: str
    field: str
    most: int = 20
    bounds: tuple[int, ...] = ()
    query: Node | None = None


class Ask(msgspec.Struct, frozen=True):
    """What to find: the first ones after `offset` by score, or in the order of a number; and what to count.

    `matching` matches the same documents and is the cheaper one to count by, if there is such a one.
    """

    query: Node
    limit: int = 20
    offset: int = 0
    order: str = ""
    is_rising: bool = False
    counts: tuple[Count, ...] = ()
    matching: Node | None = None


class Hit(msgspec.Struct, frozen=True):
    """A document that was found, with the body it was put with."""

    score: float
    body: bytes


class Found(msgspec.Struct, frozen=True):
    """An answer. Counts are by name, then by value (ranges: by their lower bound); `is_estimated`: from a sample."""

    total: int
    hits: list[Hit]
    counts: dict[str, dict[str, int]] = {}
    is_estimated: bool = False


OnHits = Callable[[Found], None]


class Answer:
    """An answer that is on its way: what was found, and with it or somewhat later what was counted."""

    def __init__(self, engine: "Engine", index: str, ask: Ask) -> None:
        self._hits: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._whole = asyncio.create_task(engine.find(index, ask, self._hits.set_result))

    async def hits(self) -> Found:
        """What was found."""
        await asyncio.wait({self._hits, self._whole}, return_when=asyncio.FIRST_COMPLETED)
        return self._hits.result() if self._hits.done() else await self._whole

    async def whole(self) -> Found:
        """The same with its counts."""
        return await self._whole

    def drop(self) -> None:
        """Nobody waits for it any more."""
        self._whole.cancel()


class Document(msgspec.Struct, frozen=True):
    """What is put into an index under an id; the same id again replaces it."""

    id: int
    words: Mapping[str, str] = {}
    codes: Mapping[str, Sequence[str]] = {}
    numbers: Mapping[str, int] = {}
    body: bytes = b""


class Engine(Protocol):
    """Indexes by name. Every call refuses `EngineDown`."""

    async def make(self, index: str, fields: Fields) -> None:
        """Make an empty index; one that is there already stays as it is."""

    async def has(self, index: str) -> bool:
        """Whether an index is there and can be read."""

    async def put(self, index: str, documents: Sequence[Document], gone: Sequence[int] = ()) -> None:
        """Put documents and take others out; kept for good when this returns, found within a second."""

    async def find(self, index: str, ask: Ask, on_hits: OnHits | None = None) -> Found:
        """What matches. `on_hits` may be called with an answer that lacks its counts, as soon as there is one."""

    async def frequency(self, index: str, field: str, words: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many documents there are, and in how many of them a field has each of these words."""

    async def drop(self, index: str) -> None:
        """Forget an index; one that is not there is no matter."""

    async def let_go(self) -> None:
        """Another process writes from now on."""

    async def close(self) -> None:
        """Give back what this process holds."""


__all__ = [
    "Among",
    "Answer",
    "Ask",
    "Best",
    "Count",
    "Document",
    "Engine",
    "EngineDown",
    "Fields",
    "Found",
    "Hit",
    "Kind",
    "Match",
    "Node",
    "OnHits",
    "Phrase",
    "Range",
    "Word",
]
