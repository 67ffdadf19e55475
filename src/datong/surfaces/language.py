"""Languages: translations read from gettext catalogues, numbers, prices and times through Babel."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_currency_precision

LANGUAGES = ("en", "zh")
LOCALE = {"en": Locale.parse("en"), "zh": Locale.parse("zh_Hans_CN")}
PLURALS = ("zero", "one", "two", "few", "many", "other")
"""The order of a translation's plural forms, of those that its language has."""
Unit = Literal["day", "hour", "minute", "second"]
UNITS: tuple[tuple[Unit, int], ...] = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


class Words:
    """The texts of an installation: translations by language, and the sentences of refusals by code, in English."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, str]], refusals: Mapping[str, str]) -> None:
        self.catalogues = catalogues
        self.refusals = refusals

    def in_language(self, code: str) -> "Language":
        """A language that speaks these words."""
        return Language(code, self)


class Language(str):
    """A language's code that carries the words of its installation, so that whoever is handed it can translate."""

    __slots__ = ("words",)
    words: Words | None

    def __new__(cls, code: str, words: Words | None = None) -> Self:
        """A code with its words."""
        made = super().__new__(cls, code)
        made.words = words
        return made


def context_key(context: str, text: str) -> str:
    """The key of a translation that holds in a context only."""
    return f"{context}\x04{text}"


def count_key(one: str, many: str) -> str:
    """The key of a translation with plural forms, which stand under it one after the other."""
    return f"{one}\x00{many}"


def read_catalogues(folders: Iterable[Path]) -> dict[str, dict[str, str]]:
    """By language, every translation in these folders' `<language>.po`; an earlier folder wins over a later one."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for folder in folders:
        for language, texts in found.items():
            path = folder / f"{language}.po"
            if path.exists():
                state = path.stat()
                for key, text in _read_file(path, state.st_mtime_ns, state.st_size):
                    texts.setdefault(key, text)
    return found


@lru_cache
def _read_file(path: Path, changed_at: int, size: int) -> list[tuple[str, str]]:  # noqa: ARG001 - of which state
    """The translations of a file, parsed once in a process for each state of it."""
    with path.open("rb") as file:
        return [_entry(message) for message in read_po(file) if message.id and message.string]


def _entry(message: Message) -> tuple[str, str]:
    """A translation as it is kept: one text by one text."""
    if message.pluralizable:
        return count_key(message.id[0], message.id[1]), "\x00".join(message.string or ())
    text = str(message.id)
    return context_key(message.context, text) if message.context else text, str(message.string)


def translate(text: str, language: str) -> str:
    """The text in a language of the installation, or as it is."""
    return _find(text, language) or text


def translate_in(context: str, text: str, language: str) -> str:
    """The text as it is said in a context, for an English word that another language has two words for."""
    return _find(context_key(context, text), language) or translate(text, language)


def translate_count(one: str, many: str, count: int, language: str, **details: object) -> str:
    """A text with a number in it, `%(n)s`, in the form that the number asks for, filled in with all its details."""
    rule = LOCALE[language].plural_form
    if found := _find(count_key(one, many), language):
        forms = found.split("\x00")
        kinds = [kind for kind in PLURALS if kind in rule.tags | {"other"}]
        text = forms[min(kinds.index(rule(count)), len(forms) - 1)]
    else:
        text = one if count == 1 else many
    return text % {"n": number(count, language), **details}


def _find(key: str, language: str) -> str | None:
    words = getattr(language, "words", None)
    return words.catalogues[language].get(key) if words else None


def money(amount: int, currency: str, language: str) -> str:
    """An amount in minor units as people write it: ¥1,234.50."""
    digits = get_currency_precision(currency)
    pattern = LOCALE[language].currency_formats["standard"].pattern.split(";")[0].replace("\xa0", "")
    pattern = pattern.replace("¤", SIGNS.get(currency, "¤"))
    return format_currency(amount / 10**digits, currency, format=pattern, locale=LOCALE[language])


def price_parts(amount: int, currency: str) -> tuple[str, str, str]:
    """Currency sign, whole part and decimals, so that the whole part can be the loudest."""
    digits = get_currency_precision(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    sign = SIGNS.get(currency, currency + " ")
    return ("-" if amount < 0 else "") + sign, f"{whole:,}", f".{rest:0{digits}d}" if digits else ""


def number(value: int, language: str) -> str:
    """A number with its separators."""
    return format_decimal(value, locale=LOCALE[language])


def moment(value: datetime, language: str, zone: str = "Asia/Shanghai") -> str:
    """A date and time in a zone, to the minute."""
    pattern = "y年M月d日 HH:mm" if language == "zh" else "MMM d, y, HH:mm"
    return format_datetime(value.astimezone(ZoneInfo(zone)), pattern, locale=LOCALE[language])


def day(value: datetime, language: str, zone: str = "Asia/Shanghai") -> str:
    """A date in a zone."""
    return format_date(value.astimezone(ZoneInfo(zone)).date(), "long", locale=LOCALE[language])


def duration(seconds: int, language: str) -> str:
    """How long something takes, in words: the largest unit and, where it does not fit, the next one."""
    parts: list[str] = []
    rest = seconds
    for unit, size in UNITS:
        if count := rest // size:
            parts.append(_span(count * size, unit, language))
            rest -= count * size
        if len(parts) == 2 or (parts and not rest):  # noqa: PLR2004 - the two largest units
            break
    return ("" if language == "zh" else " ").join(parts) or _span(0, "second", language)


def _span(seconds: int, unit: Unit, language: str) -> str:
    exact = 1_000_000_000
    return format_timedelta(timedelta(seconds=seconds), granularity=unit, threshold=exact, locale=LOCALE[language])
