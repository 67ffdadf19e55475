"""Languages: gettext catalogues read as text, numbers, prices and times through Babel."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_currency_precision

LOCALE = {"en": Locale.parse("en"), "zh": Locale.parse("zh_Hans_CN")}
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


@lru_cache(maxsize=8)
def catalogue(language: str) -> dict[str, str]:
    """All translations into a language; English is the key."""
    path = Path(__file__).parent / "locale" / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}


def translate(text: str, language: str) -> str:
    """The text in a language, or as it is."""
    return catalogue(language).get(text, text)


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
