"""Recalling: which documents are looked at. Pure: words become the engines' tree of conditions.

There are two trees of a query that match the same documents: one to count by, which asks one field that has all words,
and one to find by, which scores the fields that say most. Of one word the fields themselves are asked; of several the
fields are only asked about what has all of them.
"""

from collections.abc import Iterable, Sequence

from datong.adapters.engine import Best, Match, Node, Phrase, Word
from datong.platform.search.query_understanding import Query
from datong.platform.search.words import is_han

WEIGHTS = {"title": 1.5, "points": 1.5, "brand": 1.0, "kind": 0.5, "facts": 0.1, "joined": 1.0}
"""What a word counts in each field."""
LEADING = ("title", "points", "brand")
"""Which fields say who of those that have several words is looked at first; ranking goes by all of them."""
REST = 0.3
"""What further fields with the same word add to the best one."""
TOGETHER = 2.0
OTHERWISE = 0.2
"""What the same is worth where it answers the query said otherwise: the query itself is looked at first."""


def word_node(word: str) -> Node:
    """A word anywhere; a Chinese one also as signs that follow one another, however the text was cut into words."""
    anywhere = Word("any", word, 0.0)
    return Best((anywhere, *_signs(word))) if _signs(word) else anywhere


def _signs(word: str) -> tuple[Node, ...]:
    return (Phrase("signs", tuple(word)),) if is_han(word) else ()


def _scored(word: str, scale: float, fields: Iterable[str] = WEIGHTS) -> Best:
    return Best(tuple(Word(field, word, WEIGHTS[field] * scale) for field in fields), REST)


def words_node(words: Sequence[str], phrases: Sequence[Sequence[str]] = ()) -> Match:
    """All of the words, anywhere; phrases must stand together."""
    return Match(tuple(word_node(word) for word in words) + _together(phrases))


def _together(phrases: Sequence[Sequence[str]]) -> tuple[Node, ...]:
    return tuple(
        Best(tuple(Phrase(field, tuple(phrase)) for field in ("title", "points", "facts"))) for phrase in phrases
    )


def _finding(words: Sequence[str], phrases: Sequence[Sequence[str]], scale: float = 1.0) -> Match:
    if len(words) == 1:
        scored = _scored(words[0], scale)
        return Match((Best((*scored.parts, *_signs(words[0])), REST), *_together(phrases)))
    better = tuple(_scored(word, scale, LEADING) for word in words)
    return Match(words_node(words, phrases).must, (*better, Phrase("title", tuple(words), TOGETHER * scale)))


def counting_node(query: Query, others: Sequence[Sequence[str]] = ()) -> Node:
    """What matches the query, or one of the other ways to say it."""
    if not query.words:
        return Match()
    asked = words_node(query.words, query.phrases)
    return Best((asked, *map(words_node, others))) if others else asked


def finding_node(query: Query, others: Sequence[Sequence[str]] = ()) -> Node:
    """The same, with scores that say who is looked at first."""
    if not query.words:
        return Match()
    asked = _finding(query.words, query.phrases)
    return Best((asked, *(_finding(words, (), OTHERWISE) for words in others))) if others else asked
