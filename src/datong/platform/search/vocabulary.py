"""Vocabulary: the words and phrases of the goods on sale, for putting queries right and for suggestions while typing.

Counts are relative: they say which of two words is the commoner one, and are halved when an index is built anew.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from itertools import combinations

import msgspec
import rjieba

from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx
from datong.platform.search.documents import Entry
from datong.platform.search.query_plan import Meant
from datong.platform.search.words import HAN, fold, is_han, stem

MIN_LETTERS, MAX_LETTERS = 3, 24
FAR_LETTERS = 7
"""Words of so many letters may be wrong in two places."""
FUZZY_LETTERS = 4
FUZZY_SOUND = 6
"""Chinese typed by sound may be wrong in one place from so many letters on."""
MAX_PHRASE = 40
MAX_WORDS = 4
MAX_KEPT = 2_000
"""So many at a time: other writers of the same words do not wait long."""


class Term(msgspec.Struct, frozen=True):
    """A word of the goods; `shown` is how it was written."""

    term: str
    shown: str
    sound: str
    products: int


TERMS = rows(
    Term,
    """
    select term, shown, sound, products from search_term where near && $1::text[] order by products desc limit 60
    """,
)
SOUNDS = rows(
    Term,
    "select term, shown, sound, products from search_term where sound = any($1) order by products desc limit 60",
)
WHOLE = rows(Term, "select term, shown, sound, products from search_term where term = any($1) limit 200")
PUT_TERMS = command(
    """
    insert into search_term as t (term, shown, sound, near, products)
    select w.term, w.shown, w.sound, array(select jsonb_array_elements_text(w.near)), w.products
    from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::bigint[]) as w (term, shown, sound, near, products)
    on conflict (term) do update set products = t.products + excluded.products
    """
)
PUT_PHRASES = command(
    """
    insert into search_phrase as p (written, shown, kind, first, second, third, weight)
    select w.written, w.shown, $1, left(w.written, 1), left(w.written, 2), left(w.written, 3), w.weight
    from unnest($2::text[], $3::text[], $4::float8[]) as w (written, shown, weight)
    on conflict (written, shown, kind) do update set weight = p.weight + excluded.weight
    """
)


@lru_cache(maxsize=50_000)
def sound_of(text: str) -> str:
    """How Chinese is typed by sound, without tones; empty for what has none."""
    return "".join(_pinyin()(text)) if re.search(rf"[{HAN}]", text) else ""


@cache
def _pinyin() -> Callable[[str], list[str]]:
    """Its dictionary takes a quarter of a second and 30 MB: loaded by whoever is the first to need it."""
    found: Callable[[str], list[str]] = import_module("pypinyin").lazy_pinyin
    return found


def near_of(term: str) -> list[str]:
    """A word with up to one letter left out, up to two in a long one: words that share one of these are near."""
    if len(term) < FUZZY_LETTERS or is_han(term):
        return []
    found = {term}
    for count in (1, 2) if len(term) >= FAR_LETTERS else (1,):
        for places in combinations(range(len(term)), count):
            found.add("".join(letter for place, letter in enumerate(term) if place not in places))
    return sorted(found)


def distance(left: str, right: str) -> int:
    """How many letters are wrong, missing, too many, or changed places with their neighbour.

    >>> distance("hedphone", "headphone"), distance("labtpo", "laptop")
    (1, 2)
    """
    older: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        line = [row]
        for place, other in enumerate(right, 1):
            cost = min(last[place] + 1, line[place - 1] + 1, last[place - 1] + (letter != other))
            if row > 1 and place > 1 and letter == right[place - 2] and left[row - 2] == other:
                cost = min(cost, older[place - 2] + 1)
            line.append(cost)
        older, last = last, line
    return last[-1]


class Vocabulary:
    """Words and phrases of goods that are new to an index, gathered until they are kept."""

    def __init__(self) -> None:
        self._terms: dict[str, tuple[str, int]] = {}
        self._phrases: dict[tuple[str, str], float] = {}

    def learn(self, entries: Sequence[Entry]) -> None:
        """Take in what these say."""
        for entry in entries:
            for term, surface in _terms(entry).items():
                shown, times = self._terms.get(term, (surface, 0))
                self._terms[term] = (shown, times + 1)
            for phrase in _phrases(entry):
                for written in {fold(phrase), sound_of(phrase)} - {""}:
                    self._phrases[written, phrase] = self._phrases.get((written, phrase), 0) + 1

    async def keep(self, db: Db) -> None:
        """Add it to what is known."""
        terms, phrases = self._terms, self._phrases
        self._terms, self._phrases = {}, {}
        order = sorted(terms)
        for start in range(0, len(order), MAX_KEPT):
            some = order[start : start + MAX_KEPT]
            sounds = [stem(sound_of(term)) if is_han(term) else "" for term in some]
            nears = [
                msgspec.Raw(msgspec.json.encode(near_of(sound or term)))
                for term, sound in zip(some, sounds, strict=True)
            ]
            surfaces, counts = [terms[term][0] for term in some], [terms[term][1] for term in some]
            async with db.begin() as tx:
                await tx.run(PUT_TERMS, some, surfaces, sounds, nears, counts)
        keys = sorted(phrases)
        for start in range(0, len(keys), MAX_KEPT):
            async with db.begin() as tx:
                await put_phrases(tx, "goods", {key: phrases[key] for key in keys[start : start + MAX_KEPT]})


async def put_phrases(tx: Tx, kind: str, phrases: Mapping[tuple[str, str], float]) -> None:
    """Phrases by how they are written and shown, with the weight that is added."""
    order = sorted(phrases)
    if order:
        weights = [phrases[each] for each in order]
        await tx.run(PUT_PHRASES, kind, [written for written, _ in order], [shown for _, shown in order], weights)


def _terms(entry: Entry) -> dict[str, str]:
    """The words worth knowing: no figures, neither very short nor endless."""
    found: dict[str, str] = {}
    for text in (*entry.titles, *entry.brands, *entry.kinds):
        for surface in re.findall(rf"[{HAN}]+|[a-z]+", fold(text)):
            words = [each for each in rjieba.cut_for_search(surface) if len(each) > 1] if is_han(surface) else [surface]
            for word in words:
                if is_han(word) or MIN_LETTERS <= len(word) <= MAX_LETTERS:
                    found.setdefault(stem(word), word)
    return found


def _phrases(entry: Entry) -> Iterable[str]:
    """What one might type to find it: its kind, its brand, how its titles begin, and how these end.

    There the thing stands.
    """
    found = [*entry.kinds, *entry.brands]
    for title in entry.titles:
        head = re.split(r"[,，;；(（|]", title)[0].strip()
        begun = head.split()[0] if is_han(fold(head)[:1]) and head else " ".join(head.split()[:MAX_WORDS])
        found.append(begun)
        if is_han(begun[:1]):
            words = rjieba.cut(begun)
            found += ["".join(words[-1:]), "".join(words[-2:])]
        elif begun == head:
            found += [" ".join(head.split()[-1:]), " ".join(head.split()[-2:])]
    yield from dict.fromkeys(each for each in found if 1 < len(each) <= MAX_PHRASE and not each.isdigit())


async def correct_spelling(tx: Tx, words: Sequence[str]) -> dict[str, Meant]:
    """Words that are nowhere, to what was probably meant: typed by sound, misspelt, or run together."""
    found: dict[str, Meant] = {}
    sounds = {word: stem(sound_of(word)) if is_han(word) else word for word in words}
    heard: dict[str, Term] = {}
    for each in await tx.all(SOUNDS, sorted({sound for sound in sounds.values() if sound})):
        heard.setdefault(each.sound, each)
    letters = [word for word in words if len(word) >= FUZZY_LETTERS and word.isascii() and word.isalpha()]
    near = await tx.all(TERMS, sorted({each for word in letters for each in near_of(word)})) if letters else []
    halves = await _halves(tx, [word for word in letters if sounds[word] not in heard])
    for word in words:
        if sounds[word] in heard:
            found[word] = _meant(heard[sounds[word]])
        elif (meant := _nearest(word, near)) is not None:
            found[word] = _meant(meant)
        elif word in halves:
            found[word] = halves[word]
    return found


def _meant(*terms: Term) -> Meant:
    return Meant(" ".join(each.term for each in terms), " ".join(each.shown for each in terms))


def _nearest(word: str, near: Sequence[Term]) -> Term | None:
    """The commonest of the nearest words."""
    if len(word) < FUZZY_LETTERS:
        return None
    most = 2 if len(word) >= FAR_LETTERS else 1
    close = [
        (wrong, bool(each.sound), -each.products, each.term, each)
        for each in near
        if (wrong := distance(word, each.sound or each.term)) <= (1 if each.sound else most)
        and (not each.sound or len(each.sound) >= FUZZY_SOUND)
    ]
    return min(close)[-1] if close else None


async def _halves(tx: Tx, words: Sequence[str]) -> dict[str, Meant]:
    """Two words without the space between them."""
    pairs = {
        word: [(stem(word[:place]), stem(word[place:])) for place in range(MIN_LETTERS, len(word) - MIN_LETTERS + 1)]
        for word in words
    }
    parts = sorted({part for options in pairs.values() for pair in options for part in pair})
    known: dict[str, Term] = {}
    if parts:
        known = {each.sound: each for each in reversed(await tx.all(SOUNDS, parts)) if each.sound}
        known |= {each.term: each for each in await tx.all(WHOLE, parts)}
    found: dict[str, Meant] = {}
    for word, options in pairs.items():
        whole = [(known[left], known[right]) for left, right in options if {left, right} <= known.keys()]
        if whole:
            found[word] = _meant(*max(whole, key=lambda pair: min(pair[0].products, pair[1].products)))
    return found
