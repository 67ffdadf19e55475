"""Planning: how a query is asked so that it finds something, and what has to be said about it.

First all of its words. Where they find few, words of the same meaning too; where a word is nowhere, what was probably
meant; and if there are still few, the least telling word is left out, and another, until something is found.
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from datong.adapters.engine import Ask, Engine, Node
from datong.platform.search.query_understanding import Query, Synonyms, relaxed
from datong.platform.search.recall import counting_node, finding_node, word_node, words_node
from datong.platform.search.words import is_han

FEW = 10
MAX_PROBES = 24


class Meant(msgspec.Struct, frozen=True):
    """What was probably meant: its words, and how they are written."""

    words: str
    shown: str


Correct = Callable[[Sequence[str]], Awaitable[Mapping[str, Meant]]]
"""Words that are nowhere, to what was probably meant by them; those without an answer are missing."""


class Plan(msgspec.Struct, frozen=True):
    """A query as it is asked: with its other ways to say it, and with less; `meant` are words put right."""

    query: Query
    variants: tuple[tuple[str, ...], ...] = ()
    less: tuple[tuple[str, ...], ...] = ()
    idf: Mapping[str, float] = {}
    meant: Mapping[str, Meant] = {}

    @property
    def finding(self) -> Node:
        """The tree to find by."""
        return finding_node(self.query, (*self.variants, *self.less))

    @property
    def counting(self) -> Node:
        """The tree to count by."""
        return counting_node(self.query, (*self.variants, *self.less))

    @property
    def corrected(self) -> dict[str, str]:
        """The words that were put right, as they were typed, to what is shown instead."""
        return {self.query.written.get(word, word): each.shown for word, each in self.meant.items()}

    @property
    def left_out(self) -> tuple[str, ...]:
        """The words that not everything found has, as they were typed."""
        kept = [set(words) for words in self.less]
        written = self.query.written
        return tuple(written.get(word, word) for word in self.query.words if any(word not in words for words in kept))


class _Probe:
    """Counts results, and not too often for one query."""

    def __init__(self, engine: Engine, index: str) -> None:
        self._engine, self._index, self._left = engine, index, MAX_PROBES

    async def count(self, node: Node) -> int:
        """How many match; none any more once enough was asked."""
        if self._left <= 0:
            return 0
        self._left -= 1
        return (await self._engine.find(self._index, Ask(node, limit=0))).total


async def make_plan(engine: Engine, index: str, query: Query, synonyms: Synonyms, correct: Correct) -> Plan:
    """How to ask this query of this index."""
    if not query.words:
        return Plan(query)
    probe = _Probe(engine, index)
    total = await probe.count(words_node(query.words, query.phrases))
    meant: Mapping[str, Meant] = {}
    nowhere: list[str] = []
    if total == 0:
        query, meant, nowhere = await _put_right(probe, query, correct)
        total = await probe.count(words_node(query.words, query.phrases)) if meant else 0
    variants, less = [], []
    if total < FEW:
        for words in synonyms.variants(query.words):
            if found := await probe.count(words_node(words, query.phrases)):
                variants.append(words)
                total += found
    idf = await _idf(engine, index, {word for words in (query.words, *variants) for word in words})
    if total < FEW:
        # What is nowhere by itself may well be there under another name; if so, nothing has to go for it.
        known = query.words if variants else tuple(word for word in query.words if word not in nowhere)
        less = await _leave_out(probe, known, idf, total, is_less=known != query.words)
    return Plan(query, tuple(variants), tuple(less), idf, meant)


async def _put_right(probe: _Probe, query: Query, correct: Correct) -> tuple[Query, Mapping[str, Meant], list[str]]:
    """The query with those of its words replaced that are nowhere, if that is known; and those where it is not."""
    nowhere = [word for word in query.words if not await probe.count(word_node(word))]
    meant = dict(await correct(nowhere)) if nowhere else {}
    for word in nowhere:
        if word not in meant and is_han(word) and (part := await _part_of(probe, word, is_alone=len(query.words) == 1)):
            meant[word] = Meant(part, part)
    if not meant:
        return query, {}, nowhere
    parts = [meant[word].words.split() if word in meant else [word] for word in query.words]
    words = tuple(dict.fromkeys(part for each in parts for part in each))
    return Query(query.text, words, (), query.written), meant, [word for word in nowhere if word not in meant]


async def _part_of(probe: _Probe, word: str, *, is_alone: bool) -> str:
    """The longest part of a Chinese word that is somewhere.

    Of one asked alone, at last the sign that says what it is.
    """
    parts = [part for length in range(len(word) - 1, 1, -1) for part in (word[:length], word[-length:])]
    if is_alone:
        parts.append(word.removesuffix("子")[-1])
    for part in parts:
        if part != word and await probe.count(word_node(part)):
            return part
    return ""


async def _leave_out(
    probe: _Probe, words: tuple[str, ...], idf: Mapping[str, float], have: int, *, is_less: bool
) -> list[tuple[str, ...]]:
    """Fewer words that find more than the `have` results there are; `is_less`: these are without some already."""
    if is_less and _is_telling(words) and await probe.count(words_node(words)):
        return [words]
    found: list[tuple[str, ...]] = []
    total = have
    while len(words) > 1 and total < FEW:
        options = [each for each in relaxed(words, idf) if _is_telling(each)]
        for option in options:
            if total < FEW and (count := await probe.count(words_node(option))) > have:
                found.append(option)
                total += count - have
        if found or not options:
            break
        words = options[0]
    return found


def _is_telling(words: Sequence[str]) -> bool:
    """Whether these words mean some goods: a single Chinese sign that is left of a query means too many."""
    return any(len(word) > 1 or not is_han(word) for word in words)


async def _idf(engine: Engine, index: str, words: set[str]) -> dict[str, float]:
    """How telling words are: the fewer titles have one, the more."""
    total, counts = await engine.frequency(index, "title", sorted(words))
    return {word: math.log(1 + (total - count + 0.5) / (count + 0.5)) for word, count in counts.items()}
