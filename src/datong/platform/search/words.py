"""Words: how texts of both languages become what is indexed and asked for. Pure; the same for every engine.

Letters are folded (width, case, accents), English is stemmed, Chinese is cut by dictionary. A number and its unit are
one word however they are written (`17"`, `17 inch`, `17英寸`; `500 GB`, `500G`), and a model number is also found when
its parts are run together (`dv7-1211ea`, `dv71211ea`).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import msgspec
import rjieba
import snowballstemmer

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_COMPOUND = re.compile(rf"(?<![^\W_])[^\W_{HAN}]+(?:[-/.][^\W_{HAN}]+)+")
_SPACED_MODEL = re.compile(r"(?<![^\W_])([a-z]{2,12}) (\d{1,4})(?![\w.])")
_IS_HAN = re.compile(rf"[{HAN}]")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
MAX_LETTERS = 40
"""A longer run of letters is no word; it is cut."""
JOINED = 3
"""A model number has at least so many signs when its parts are run together."""

UNITS: dict[str, tuple[str, ...]] = {
    "in": ("inches", "inch", "in", '"', "''", "″", "”", "英寸", "寸"),
    "gb": ("gb", "gigabyte", "gigabytes"),
    "tb": ("tb", "terabyte", "terabytes"),
    "mb": ("mb", "megabyte", "megabytes"),
    "ghz": ("ghz",),
    "hz": ("hz", "赫兹"),
    "mah": ("mah", "毫安", "毫安时"),
    "w": ("watts", "watt", "w", "瓦"),
    "v": ("volts", "volt", "v", "伏"),
    "kg": ("kg", "kilograms", "kilogram", "公斤", "千克"),
    "g": ("grams", "gram", "g", "克"),
    "ml": ("ml", "millilitres", "milliliters", "毫升"),
    "l": ("litres", "liters", "litre", "liter", "l", "升"),
    "mm": ("mm", "毫米"),
    "cm": ("cm", "厘米"),
    "m": ("metres", "meters", "metre", "meter", "m", "米"),
    "mp": ("megapixels", "megapixel", "mp", "万像素"),
    "pcs": ("pieces", "pcs", "件装", "只装", "片装", "包装"),
}
_UNIT_OF = {name: unit for unit, names in UNITS.items() for name in names}
_MEASURE = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)[\s-]?("
    + "|".join(re.escape(name) for name in sorted(_UNIT_OF, key=len, reverse=True))
    + rf")(?![^\W_{HAN}])"
)
POINT = "\xb7"
"""Stands for the point of a number while a query is cut into words."""
_ASKED_PIECE = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:{POINT}[^\W_{HAN}]+)?")
STOPS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "that",
        "the",
        "to",
        "with",
        "best",
        "buy",
        "cheap",
        "的",
        "了",
        "和",
        "与",
        "及",
        "或",
        "在",
        "是",
        "买",
        "要",
        "想要",
        "一个",
    ]
)
"""Words that say nothing of the goods; they are asked for only where nothing else is."""
_stem = snowballstemmer.stemmer("english").stemWord


class Words(msgspec.Struct, frozen=True):
    """A text as it is indexed: words in their places, what is run together, and the Chinese signs one by one."""

    places: list[str]
    joined: list[str]
    signs: list[str]


def fold(text: str) -> str:
    """Small letters of one width without accents; Chinese stays as it is."""
    if text.isascii():
        return _APOSTROPHE.sub("", text.lower())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).lower())
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    return _APOSTROPHE.sub("", unicodedata.normalize("NFC", bare))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A word without its ending; what has a figure in it stays as it is."""
    if not word.isascii() or not word.isalpha():
        return word
    return str(_stem(word))


def is_han(word: str) -> bool:
    """Whether a word is Chinese."""
    return bool(_IS_HAN.match(word))


def cut(text: str) -> list[str]:
    """The words of a text in order."""
    return _cut(fold(text))


def _cut(folded: str) -> list[str]:
    found: list[str] = []
    for piece in _PIECE.findall(folded):
        found += rjieba.cut(piece) if is_han(piece) else [stem(piece[:MAX_LETTERS])]
    return found


def measures(folded: str) -> list[str]:
    """Numbers with their units, one word each: `500gb`, `17.3in`."""
    return [f"{number}{_UNIT_OF[unit]}" for number, unit in _MEASURE.findall(folded)]


def analyse(texts: Iterable[str]) -> Words:
    """Texts as they are indexed. Between two texts no words are neighbours."""
    places: list[str] = []
    joined: dict[str, None] = {}
    signs: list[str] = []
    for text in texts:
        folded = fold(text)
        if places:
            places.append("|")
        places += _cut(folded)
        for piece in _PIECE.findall(folded):
            if is_han(piece):
                signs += ["|", *piece] if signs else list(piece)
                joined |= dict.fromkeys(rjieba.cut_for_search(piece))
        joined |= dict.fromkeys(measures(folded))
        for compound in _COMPOUND.findall(folded):
            run = re.sub(r"[-/.]", "", compound)
            if JOINED <= len(run) <= MAX_LETTERS and not run.isdigit():
                joined[run] = None
        joined |= dict.fromkeys(letters + figures for letters, figures in _SPACED_MODEL.findall(folded))
    known = set(places)
    return Words(places, [each for each in joined if each not in known], signs)


def ask_words(text: str) -> list[str]:
    """The words of a query: a number and its unit are one, stop words are left out where something else is said."""
    return list(written_words(text))


def written_words(text: str) -> dict[str, str]:
    """The words of a query, each with how it was written."""
    marked = _MEASURE.sub(lambda found: f" {found[1].replace('.', POINT)}{_UNIT_OF[found[2]]} ", fold(text))
    words = {word.replace(POINT, "."): written.replace(POINT, ".") for word, written in _ask_cut(marked)}
    telling = {word: written for word, written in words.items() if word not in STOPS}
    return telling or words


def _ask_cut(marked: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for piece in _ASKED_PIECE.findall(marked):
        if is_han(piece):
            found += [(word, word) for word in rjieba.cut(piece)]
        else:
            found.append((stem(piece[:MAX_LETTERS]), piece[:MAX_LETTERS]))
    return found
