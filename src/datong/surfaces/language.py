"""Languages: translations read from gettext catalogues, numbers, prices and times through Babel."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_currency_precision

LANGUAGES = ("en", "zh")
LOCALE = {"en": Locale.parse("en"), "zh": Locale.parse("zh_Hans_CN")}
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


def read_catalogues(folders: Iterable[Path]) -> dict[str, dict[str, str]]:
    """By language, every translation in these folders' `<language>.po`; an earlier folder wins over a later one."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for folder in folders:
        for language, texts in found.items():
            path = folder / f"{language}.po"
            if path.exists():
                with path.open("rb") as file:
                    read = read_po(file)
                for message in read:
                    if message.id and message.string:
                        texts.setdefault(str(message.id), str(message.string))
    return found


def translate(text: str, language: str) -> str:
    """The text in a language of the installation, or as it is."""
    words = getattr(language, "words", None)
    return str(words.catalogues[language].get(text, text)) if words else text


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
    """A date and time in a zone."""
    return format_datetime(value.astimezone(ZoneInfo(zone)), "medium", locale=LOCALE[language])


def day(value: datetime, language: str, zone: str = "Asia/Shanghai") -> str:
    """A date in a zone."""
    return format_date(value.astimezone(ZoneInfo(zone)).date(), "long", locale=LOCALE[language])
