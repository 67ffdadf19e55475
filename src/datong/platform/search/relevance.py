"""Relevance: how well a product's texts answer a query. Pure.

A field scores by how often and in how short a text it says a word (BM25); the best field of a word counts, the others
add a share. What has all of the query's words is of tier 0, what has others of the same meaning of tier 1, what lacks
some of tier 2.
"""

from collections.abc import Mapping, Sequence

import msgspec

from datong.platform.search.documents import Listing
from datong.platform.search.recall import REST, WEIGHTS
from datong.platform.search.words import is_han

SATURATION, LENGTH = 6.0, 0.75
"""BM25's k and b: titles are short and say a word once, so k is high and repeats still count."""
USUAL = {"title": 9.0, "points": 18.0, "brand": 1.2, "kind": 2.5, "facts": 40.0, "joined": 6.0}
"""How many words a field usually has, where the index has not counted them."""
TOGETHER = 1.5
"""What the whole query as a phrase is worth, in the title, and in the points again."""
ACCESSORY, ACCESSORY_POINTS, FOR = 0.7, 0.8, 0.9
_FOR = frozenset({"for", "适用", "专用"})


class Asked(msgspec.Struct, frozen=True):
    """What is ranked by.

    The query's words, other ways to say them, how telling each word is, and what is an accessory.
    """

    words: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...]
    idf: Mapping[str, float]
    accessories: frozenset[str]
    usual: Mapping[str, float]


class Gauge:
    """A query made ready to be held against many products."""

    def __init__(self, asked: Asked) -> None:
        self._ways = [_Way(words, asked) for words in (asked.words, *asked.variants)] if asked.words else []
        self._shape = [
            (WEIGHTS[field], SATURATION * (1 - LENGTH), SATURATION * LENGTH / asked.usual[field]) for field in USUAL
        ]

    def measure(self, listing: Listing) -> tuple[int, float]:
        """The tier, and how well it answers within it."""
        if not self._ways:
            return 0, 1.0
        fields = (
            listing.titles, listing.points, (listing.brand,), (listing.kind,), (listing.facts,), (listing.joined,),
        )  # fmt: skip
        have = [self._word(term, fields) for term in self._ways[0].terms]
        if all(have):
            return 0, sum(have) * self._ways[0].habits(listing)
        best = 0.0
        for way in self._ways[1:]:
            scores = [self._word(term, fields) for term in way.terms]
            if all(scores):
                best = max(best, sum(scores) * way.habits(listing))
        if best:
            return 1, best
        share = sum(1 for each in have if each) / len(have)
        return 2, sum(have) * share**2

    def _word(self, term: "_Term", fields: Sequence[Sequence[str]]) -> float:
        """What a word scores in all fields."""
        best = total = 0.0
        begin = term.begin
        for (weight, least, for_a_word), texts in zip(self._shape, fields, strict=True):
            value = 0.0
            for text in texts:
                if begin in text and (times := term.times(text)):
                    norm = least + for_a_word * (text.count(" ") + 1)
                    value = max(value, weight * times * (SATURATION + 1) / (times + norm))
            if value:
                best = max(best, value)
                total += value
        return term.idf * (best + REST * (total - best))


class _Term:
    """A word, as it is looked for in texts of words with spaces between them."""

    __slots__ = ("_is_signs", "_padded", "begin", "idf", "word")

    def __init__(self, word: str, idf: float) -> None:
        self.word, self.idf = word, idf
        self._padded = f" {word} "
        self._is_signs = is_han(word)
        self.begin = word[0] if self._is_signs else word
        """Texts without this do not say the word; the others have to be looked at."""

    def times(self, text: str) -> int:
        """How often a text says it; a Chinese one also where the text was cut into words otherwise."""
        times = f" {text.replace(' ', '  ')} ".count(self._padded)
        if not times and self._is_signs and self.word in text.replace(" ", ""):
            return 1
        return times


class _Way:
    """One way to say the query."""

    def __init__(self, words: Sequence[str], asked: Asked) -> None:
        self.terms = [_Term(word, asked.idf.get(word, 1.0)) for word in words]
        self._phrase = f" {' '.join(words)} " if len(words) > 1 else ""
        self._accessories = asked.accessories.difference(words)

    def habits(self, listing: Listing) -> float:
        """What people mean by a query: the words together, and the thing itself rather than what is for it."""
        factor = 1.0
        if self._phrase:
            factor *= TOGETHER if any(self._phrase in f" {text} " for text in listing.titles) else 1.0
            factor *= TOGETHER if any(self._phrase in f" {text} " for text in listing.points) else 1.0
        titles = [word for text in listing.titles for word in text.split()]
        points = [word for text in listing.points for word in text.split()]
        factor *= 1.0 if self._accessories.isdisjoint(titles) else ACCESSORY
        factor *= 1.0 if self._accessories.isdisjoint(points) else ACCESSORY_POINTS
        return factor if _FOR.isdisjoint(titles) and _FOR.isdisjoint(points) else factor * FOR
