"""Understanding: a query's words, what else they may be called, and what must stand together. Pure."""

import re
from collections.abc import Mapping, Sequence
from itertools import product

import msgspec

from datong.kernel.refusal import Invalid
from datong.platform.search.words import ask_words, fold, written_words

MAX_SIGNS = 200
MAX_WORDS = 16
MAX_VARIANTS = 6
_QUOTED = re.compile(r'(?<!\S)["“]([^"“”]{2,100})["”](?!\S)')
_GRAMS = re.compile(r"(\d+)g")


class Query(msgspec.Struct, frozen=True):
    """What is asked: the text as it was written, its words, and the words that must follow one another."""

    text: str
    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    written: Mapping[str, str] = {}
    """Each word as it was typed."""

    @property
    def key(self) -> str:
        """What makes two queries the same one."""
        return " ".join(fold(self.text).split())


def read_query(text: str) -> Query:
    """A query out of what someone typed; any signs are taken. Refuses `Invalid` for more than 200 of them."""
    if len(text) > MAX_SIGNS:
        raise Invalid("q", f"at most {MAX_SIGNS} characters")
    shown = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    phrases = [tuple(ask_words(each)) for each in _QUOTED.findall(shown)]
    written = written_words(_QUOTED.sub(r" \1 ", shown))
    return Query(shown, tuple(written)[:MAX_WORDS], tuple(each for each in phrases if len(each) > 1), written)


class Synonyms:
    """Groups of words that mean the same goods, ready to be looked up."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._others: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
        for group in groups:
            names = [tuple(ask_words(name)) for name in group]
            for name in names:
                others = self._others.setdefault(name, {})
                others.update({other: None for other in names if other != name})
        self._longest = max((len(name) for name in self._others), default=1)

    def variants(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The query said otherwise: some of its words by others of the same meaning; not the query itself."""
        parts: list[list[tuple[str, ...]]] = []
        place = 0
        while place < len(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                name = tuple(words[place : place + length])
                if length == 1 or name in self._others:
                    parts.append([name, *self._others.get(name, ()), *_grams(name)])
                    place += length
                    break
        found: dict[tuple[str, ...], None] = {}
        for chosen in product(*(part[:4] for part in parts[:8])):
            found[tuple(word for option in chosen for word in option)] = None
            if len(found) > MAX_VARIANTS:
                break
        return [each for each in found if each != tuple(words)]


def _grams(name: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Who writes 500g may mean a drive."""
    found = _GRAMS.fullmatch(name[0]) if len(name) == 1 else None
    return [(f"{found[1]}gb",)] if found and int(found[1]) >= 8 else []  # noqa: PLR2004 - smaller drives are not sold


def relaxed(words: Sequence[str], idf: Mapping[str, float]) -> list[tuple[str, ...]]:
    """The query with one word less, the least telling one left out first."""
    order = sorted(range(len(words)), key=lambda place: idf.get(words[place], 99.0))
    return [tuple(words[:place]) + tuple(words[place + 1 :]) for place in order] if len(words) > 1 else []
