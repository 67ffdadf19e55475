"""Ranking: relevance is a gate, merits add up, and nothing of it is a brand."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.platform.search.documents import Entry, Listing, document_of, read_listing
from datong.platform.search.facets import bands
from datong.platform.search.parameters import NEW_SHOP_SHARE, WEIGHTS
from datong.platform.search.ranking import PAGE, Around, Ranked, rank
from datong.platform.search.relevance import USUAL, Asked
from datong.platform.search.words import ask_words

DAY = 86_400
NOW = 1_000 * DAY


def listing(number: int, title: str = "Red phone", **about: Any) -> Listing:  # noqa: ANN401 - of an entry
    """A product as the engine brings it back."""
    entry = Entry(number << 12, (title,), **{"shop_id": number << 12, "published_at": NOW - 90 * DAY} | about)
    return read_listing(document_of(entry).body)


def asked(text: str) -> Asked:
    """A query as it is ranked by."""
    words = tuple(ask_words(text))
    return Asked(words, (), dict.fromkeys(words, 2.0), frozenset({"case"}), USUAL)


def order(found: list[Ranked]) -> list[int]:
    """The numbers in their places."""
    return [each.listing.product_id >> 12 for each in found]


def around(**about: object) -> Around:
    """What else decides, with the rulebook's defaults."""
    return Around(WEIGHTS.default, NOW, **about)  # type: ignore[arg-type]


def test_a_brand_or_a_storefront_is_no_factor() -> None:
    goods = [
        listing(1, "Red phone", brand_id=1, storefront_id=1, brands=("Alpha",), sold=3),
        listing(2, "Red phone two", brand_id=2, storefront_id=2, brands=("Beta",), sold=900),
        listing(3, "A very red phone", brand_id=3, storefront_id=1, brands=("Gamma",), clicked=9.0, seen=10.0),
    ]
    first = rank(goods, asked("red phone"), around())
    swapped = [
        msgspec.structs.replace(
            each, brand_id=4 - each.brand_id, storefront_id=3 - each.storefront_id,
            brand={"alpha": "gamma", "beta": "alpha", "gamma": "beta"}[each.brand],
        )
        for each in goods
    ]  # fmt: skip
    second = rank(swapped, asked("red phone"), around())
    assert order(first) == order(second)
    assert [each.score for each in first] == [each.score for each in second]


def test_relevance_is_a_gate_that_merits_do_not_open() -> None:
    weak = listing(1, "Holder with a place for any kind of telephone or phone", sold=100_000, bought=50.0, seen=60.0)
    strong = listing(2, "Phone")
    assert order(rank([weak, strong], asked("phone"), around())) == [2, 1]


def test_the_thing_comes_before_what_is_for_it_unless_that_is_asked_for() -> None:
    case, phone = listing(1, "Phone case"), listing(2, "Phone red")
    assert order(rank([case, phone], asked("phone"), around())) == [2, 1]
    assert order(rank([case, phone], asked("phone case"), around()))[0] == 1


@pytest.mark.parametrize(
    "better",
    [{"sold": 500}, {"clicked": 40.0, "seen": 100.0}, {"bought": 10.0, "seen": 100.0}, {"published_at": NOW}],
)
def test_each_merit_lifts(better: dict[str, Any]) -> None:
    other: dict[str, Any] = {"seen": 100.0} if "seen" in better else {}
    assert order(rank([listing(1, **other), listing(2, **better)], asked("phone"), around())) == [2, 1]


def test_experience_lifts_and_a_penalty_lowers() -> None:
    goods = [listing(1), listing(2)]
    assert order(rank(goods, asked("phone"), around(experience={2 << 12: 1.0}))) == [2, 1]
    assert order(rank(goods, asked("phone"), around(penalties={1 << 12: 0.1}))) == [2, 1]


def test_a_lucky_first_click_lifts_little() -> None:
    lucky, proven = listing(1, clicked=1.0, seen=1.0), listing(2, clicked=300.0, bought=10.0, seen=1_000.0)
    assert order(rank([lucky, proven], asked("phone"), around())) == [2, 1]


def test_what_lacks_a_word_comes_after_what_has_all() -> None:
    ranked = rank([listing(1, "Phone", sold=9_999), listing(2, "Red thing phone")], asked("red phone"), around())
    assert order(ranked) == [2, 1]
    assert [each.score.tier for each in ranked] == [0, 2]


def test_offers_of_one_product_and_goods_of_one_shop_are_spread() -> None:
    same = [listing(n, shop_id=7, same_as="8|1|x", sold=50) for n in range(1, 6)]
    other = listing(9, sold=40)
    ranked = rank([*same, other], asked("phone"), around())
    assert order(ranked).index(9) <= 1
    assert ranked[-1].score.repeat < 1


def test_young_shops_have_their_share_of_every_page_where_they_answer() -> None:
    old = [listing(n, sold=500) for n in range(1, 60)]
    young = [listing(n) for n in range(100, 110)]
    off_topic = [listing(200, "Umbrella")]
    shops = frozenset(each.shop_id for each in [*young, *off_topic])
    share = NEW_SHOP_SHARE.default
    ranked = rank([*old, *young, *off_topic], asked("phone"), around(new_shops=shops, new_share=share))
    for start in range(0, 3 * PAGE, PAGE):
        page = ranked[start : start + PAGE]
        assert sum(each.score.is_new_shop for each in page) >= PAGE * share
        assert 200 not in order(page)
    assert sorted(order(ranked)) == sorted(
        order([Ranked(each, ranked[0].score) for each in [*old, *young, *off_topic]])
    )
    assert any(each.score.is_lifted for each in ranked)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**5), st.booleans()), max_size=60))
def test_ranking_loses_and_doubles_nothing(goods: list[tuple[int, int, bool]]) -> None:
    made = [listing(n + 1, price=price, sold=sold, shop_id=n % 5) for n, (price, sold, _) in enumerate(goods)]
    shops = frozenset(each.shop_id for each, (_, _, is_new) in zip(made, goods, strict=True) if is_new)
    ranked = rank(made, asked("phone"), around(new_shops=shops, new_share=0.1))
    assert sorted(order(ranked)) == sorted(each.product_id >> 12 for each in made)
    assert all(each.score.total >= 0 for each in ranked)


def test_price_bands_hold_about_equally_many() -> None:
    counts = {"0": 40, "2000": 30, "5000": 20, "10000": 60, "20000": 2}
    made = bands(counts)
    assert sum(count for _, _, count in made) == 152
    assert made[0][0] == 0
    assert made[-1][1] == 0
    assert all(high == made[place + 1][0] for place, (_, high, _) in enumerate(made[:-1]))
    assert bands({"0": 5}) == []
