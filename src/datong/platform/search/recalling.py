"""Recalling: which documents are looked at. Pure: words become the engines' tree of conditions."""

from collections.abc import Sequence

from datong.platform.search.understanding import Query
from datong.platform.search.words import is_han
from datong.plugs.engine import Best, Match, Node, Phrase, Word

WEIGHTS = {"title": 1.5, "points": 1.5, "brand": 1.0, "kind": 0.5, "facts": 0.1, "joined": 1.0}
"""What a word counts in each field."""
REST = 0.3
"""What further fields with the same word add to the best one."""


def word_node(word: str) -> Node:
    """A word anywhere; a Chinese one also as signs that follow one another, however the text was cut into words."""
    parts: list[Node] = [Word(field, word, weight) for field, weight in WEIGHTS.items()]
    if is_han(word):
        parts.append(Phrase("signs", tuple(word)))
    return Best(tuple(parts), REST)


def words_node(words: Sequence[str], phrases: Sequence[Sequence[str]] = ()) -> Match:
    """All of the words, anywhere; better where they stand together. Phrases must stand together."""
    musts = [word_node(word) for word in words]
    musts += [Best(tuple(Phrase(field, tuple(phrase)) for field in ("title", "points", "facts"))) for phrase in phrases]
    together = [Phrase(field, tuple(words), 2.0) for field in ("title", "points")] if len(words) > 1 else []
    return Match(tuple(musts), tuple(together))


def query_node(query: Query, others: Sequence[Sequence[str]] = ()) -> Node:
    """The query, or one of the other ways to say it; the query itself is looked at first."""
    if not query.words:
        return Match()
    asked = words_node(query.words, query.phrases)
    if not others:
        return asked
    return Best((Match((asked,), (asked, asked)), *(words_node(words) for words in others)))
