"""Translations with a number or a context, times and durations, in both languages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from datong.surfaces.language import (
    Language,
    Words,
    duration,
    moment,
    read_catalogues,
    translate,
    translate_count,
    translate_in,
)
from tests.house.words import texts_of_code, texts_of_template

PO = """
msgid "To"
msgstr "至"

msgctxt "delivery"
msgid "To"
msgstr "配送至"

#, python-format
msgid "%(n)s item"
msgid_plural "%(n)s items"
msgstr[0] "%(n)s件商品"
"""


def _language(folder: Path, code: str) -> Language:
    (folder / "zh.po").write_text(PO)
    return Words(read_catalogues([folder]), {}).in_language(code)


def test_a_text_takes_the_form_that_its_number_asks_for(tmp_path: Path) -> None:
    en, zh = _language(tmp_path, "en"), _language(tmp_path, "zh")
    said = [translate_count("%(n)s item", "%(n)s items", count, en) for count in (0, 1, 2, 1200)]
    assert said == ["0 items", "1 item", "2 items", "1,200 items"]
    assert [translate_count("%(n)s item", "%(n)s items", count, zh) for count in (1, 2)] == ["1件商品", "2件商品"]
    assert translate_count("%(n)s item, %(who)s", "%(n)s items, %(who)s", 1, zh, who="x") == "1 item, x"


def test_one_word_has_two_translations_by_its_context(tmp_path: Path) -> None:
    zh = _language(tmp_path, "zh")
    assert (translate("To", zh), translate_in("delivery", "To", zh)) == ("至", "配送至")
    assert translate_in("period", "To", zh) == "至", "without one of its own, the general one"
    assert translate_in("delivery", "To", _language(tmp_path, "en")) == "To"


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 seconds", "0秒钟"),
        (60, "1 minute", "1分钟"),
        (900, "15 minutes", "15分钟"),
        (5400, "1 hour 30 minutes", "1小时30分钟"),
        (1_296_000, "15 days", "15天"),
        (100_000, "1 day 3 hours", "1天3小时"),
    ],
)
def test_durations_are_said_in_their_largest_units(seconds: int, en: str, zh: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "zh")) == (en, zh)


def test_stamps_show_minutes() -> None:
    at = datetime(2026, 3, 9, 16, 5, 59, tzinfo=UTC)
    assert moment(at, "en") == "Mar 10, 2026, 00:05"
    assert moment(at, "zh") == "2026年3月10日 00:05"


def test_what_pages_and_code_say_is_found(tmp_path: Path) -> None:
    page = """{{ _("Plain " "and long") }} {{ _n("%(n)s a", "%(n)s b", 2) }} {{ _c("delivery", "To") }} {{ _(made) }}"""
    assert texts_of_template(page) == {"Plain and long", "%(n)s a\x00%(n)s b", "delivery\x04To"}
    code = tmp_path / "code.py"
    code.write_text("seen.say('A'); seen.say_count('%(n)s c', '%(n)s d', 1); translate('B', zh); seen.say(x)\n")
    assert texts_of_code([code]) == {"A", "B", "%(n)s c\x00%(n)s d"}
