"""Ranking: a few hundred candidates in the order they are shown, each with its reasons. Pure.

A score is a gate of relevance × (floor + merits) × what it keeps (penalties, further offers of one shop or product). Those
that have all of the query's words come before those that have others of the same meaning, and these before those that lack
some. A brand and a storefront are no part of it. Source: domain.md §18.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

from datong.platform.search.entries import Listing
from datong.platform.search.parameters import Weights
from datong.platform.search.recalling import REST, WEIGHTS
from datong.platform.search.words import is_han

SATURATION, LENGTH = 6.0, 0.75
"""BM25's k and b: titles are short and say a word once, so k is high and repeats still count."""
USUAL = {"title": 9.0, "points": 18.0, "brand": 1.2, "kind": 2.5, "facts": 40.0, "joined": 6.0}
"""How many words a field usually has, where the index has not counted them."""
TOGETHER = 1.5
"""What the whole query as a phrase is worth, in the title, and in the points again."""
ACCESSORY, ACCESSORY_POINTS, FOR = 0.7, 0.8, 0.9
PAGE = 20
FEW_SOLD = 50.0
SHOWN_PRIOR, CLICK_RATE, BUY_RATE = 50.0, 0.08, 0.01
"""So many showings at these rates are taken as seen already: nobody rises by a lucky first click."""
FRESH_DAYS = 30.0
DAY_SECONDS = 86_400
NEUTRAL = 0.5


class Score(msgspec.Struct, frozen=True):
    """Why a product stands where it stands. `tier`: 0 has all words, 1 others of the same meaning, 2 lacks some."""

    total: float
    tier: int
    relevance: float
    conversion: float
    clicks: float
    sales: float
    experience: float
    freshness: float
    price_band: float
    penalty: float
    repeat: float
    is_new_shop: bool = False
    is_lifted: bool = False


class Ranked(msgspec.Struct, frozen=True):
    """A product in its place."""

    listing: Listing
    score: Score


class Asked(msgspec.Struct, frozen=True):
    """What is ranked by: the query's words, other ways to say them, how telling each word is, and what is an accessory."""

    words: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...]
    idf: Mapping[str, float]
    accessories: frozenset[str]
    usual: Mapping[str, float]


class Around(msgspec.Struct, frozen=True):
    """What else decides: weights, the time, shops' experience (0 to 1) and age, factors of penalties by product or shop."""

    weights: Weights
    now: int
    experience: Mapping[int, float] = {}
    new_shops: frozenset[int] = frozenset()
    penalties: Mapping[int, float] = {}
    new_share: float = 0.0


def rank(candidates: Sequence[Listing], asked: Asked, around: Around) -> list[Ranked]:
    """All candidates, best first."""
    if not candidates:
        return []
    found = [(*relevance(each, asked), each) for each in candidates]
    tops: dict[int, float] = {}
    for tier, text, _ in found:
        tops[tier] = max(tops.get(tier, 0.0), text)
    middle = _middle_price([each for tier, text, each in found if tier == 0 and text >= tops[0] / 2] or candidates)
    scored = [_score(each, tier, text / (tops[tier] or 1.0), around, middle) for tier, text, each in found]
    scored.sort(key=lambda each: (each.score.tier, -each.score.total, each.listing.product_id))
    spread = _spread_out(scored, around.weights)
    return _lift_new_shops(spread, around.new_share)


def relevance(listing: Listing, asked: Asked) -> tuple[int, float]:
    """How well the texts answer the query, and in which tier."""
    if not asked.words:
        return 0, 1.0
    fields = _fields_of(listing, asked.usual)
    have = [_word_score(word, fields, asked.idf) for word in asked.words]
    if all(have):
        return 0, _with_habits(sum(have), asked.words, listing, asked.accessories)
    best = 0.0
    for variant in asked.variants:
        scores = [_word_score(word, fields, asked.idf) for word in variant]
        if all(scores):
            best = max(best, _with_habits(sum(scores), variant, listing, asked.accessories))
    return (1, best) if best else (2, sum(have) * _share(have) ** 2)


def _share(have: Sequence[float]) -> float:
    return sum(1 for each in have if each) / len(have)


def _fields_of(listing: Listing, usual: Mapping[str, float]) -> list[tuple[float, list[list[str]], float]]:
    """Each field's weight, its texts as words, and how long such a text usually is."""
    return [
        (WEIGHTS["title"], [text.split() for text in listing.titles], usual["title"]),
        (WEIGHTS["points"], [text.split() for text in listing.points], usual["points"]),
        (WEIGHTS["brand"], [listing.brand.split()], usual["brand"]),
        (WEIGHTS["kind"], [listing.kind.split()], usual["kind"]),
        (WEIGHTS["facts"], [listing.facts.split()], usual["facts"]),
        (WEIGHTS["joined"], [listing.joined.split()], usual["joined"]),
    ]


def _word_score(word: str, fields: Sequence[tuple[float, list[list[str]], float]], idf: Mapping[str, float]) -> float:
    best = total = 0.0
    for weight, texts, usual in fields:
        value = 0.0
        for words in texts:
            times = words.count(word)
            if not times and len(word) > 1 and is_han(word) and word in "".join(words):
                times = 1
            if times:
                norm = SATURATION * (1 - LENGTH + LENGTH * len(words) / usual)
                value = max(value, weight * times * (SATURATION + 1) / (times + norm))
        best = max(best, value)
        total += value
    return idf.get(word, 1.0) * (best + REST * (total - best))


def _with_habits(score: float, words: Sequence[str], listing: Listing, accessories: frozenset[str]) -> float:
    """What people mean by a query: the words together, and the thing itself rather than what is for it."""
    phrase = f" {' '.join(words)} "
    titles = [f" {text} " for text in listing.titles]
    points = [f" {text} " for text in listing.points]
    if len(words) > 1:
        score *= TOGETHER if any(phrase in text for text in titles) else 1.0
        score *= TOGETHER if any(phrase in text for text in points) else 1.0
    said = set(words)
    in_titles = {word for text in titles for word in text.split()}
    in_points = {word for text in points for word in text.split()}
    score *= ACCESSORY if (in_titles & accessories) - said else 1.0
    score *= ACCESSORY_POINTS if (in_points & accessories) - said else 1.0
    return score * (FOR if not {"for", "适用", "专用"}.isdisjoint(in_titles | in_points) else 1.0)


def _middle_price(listings: Sequence[Listing]) -> float:
    prices = sorted(each.price for each in listings if each.price > 0)
    return float(prices[len(prices) // 2]) if prices else 0.0


def _score(listing: Listing, tier: int, text: float, around: Around, middle: float) -> Ranked:
    weights = around.weights
    shown = listing.seen + SHOWN_PRIOR
    clicks = (listing.clicked + SHOWN_PRIOR * CLICK_RATE) / shown / CLICK_RATE
    bought = (listing.bought + SHOWN_PRIOR * BUY_RATE) / shown / BUY_RATE
    age_days = (around.now - listing.published_at) / DAY_SECONDS if listing.published_at else FRESH_DAYS
    merits = {
        "conversion": bought / (1 + bought),
        "clicks": clicks / (1 + clicks),
        "sales": math.log1p(listing.sold) / (math.log1p(listing.sold) + math.log1p(FEW_SOLD)),
        "experience": around.experience.get(listing.shop_id, NEUTRAL),
        "freshness": 0.5 ** (max(age_days, 0.0) / FRESH_DAYS),
        "price_band": _price_fit(listing.price, middle),
    }
    merit = sum(float(getattr(weights, name)) * value for name, value in merits.items())
    penalty = around.penalties.get(listing.product_id, 1.0) * around.penalties.get(listing.shop_id, 1.0)
    total = text**weights.gate_power * (weights.floor + merit) * penalty
    return Ranked(
        listing,
        Score(
            total, tier, text, **merits, penalty=penalty, repeat=1.0, is_new_shop=listing.shop_id in around.new_shops
        ),
    )


def _price_fit(price: int, middle: float) -> float:
    """1 at the middle price of what answers best, falling to 0 at an eighth of it and at eight times."""
    if price <= 0 or middle <= 0:
        return NEUTRAL
    return max(0.0, 1.0 - abs(math.log(price / middle)) / math.log(8))


def _spread_out(scored: Sequence[Ranked], weights: Weights) -> list[Ranked]:
    """Further products of one shop, and further offers of one product, keep less: a page shows many of both."""
    shops: dict[int, int] = {}
    offers: dict[str, int] = {}
    found: list[Ranked] = []
    for each in scored:
        listing = each.listing
        of_shop = shops.get(listing.shop_id, 0) if listing.shop_id else 0
        of_product = offers.get(listing.same_as, 0) if listing.same_as else 0
        shops[listing.shop_id] = of_shop + 1
        offers[listing.same_as] = of_product + 1
        kept = weights.same_shop ** max(0, of_shop - 1) * weights.same_product**of_product
        score = (
            msgspec.structs.replace(each.score, total=each.score.total * kept, repeat=kept) if kept != 1 else each.score
        )
        found.append(Ranked(listing, score))
    found.sort(key=lambda each: (each.score.tier, -each.score.total, each.listing.product_id))
    return found


def _lift_new_shops(ranked: list[Ranked], share: float) -> list[Ranked]:
    """Each page has at least a share of young shops' goods, where enough of them have all the words; they come at its end."""
    wanted = math.ceil(PAGE * share) if share > 0 else 0
    left, found = list(ranked), []
    while wanted and left:
        page, left = left[:PAGE], left[PAGE:]
        missing = wanted - sum(1 for each in page if each.score.is_new_shop)
        lifted = [each for each in left if each.score.is_new_shop and each.score.tier == 0][: max(0, missing)]
        if lifted:
            ids = {each.listing.product_id for each in lifted}
            left = [*page[-len(lifted) :], *(each for each in left if each.listing.product_id not in ids)]
            marked = [Ranked(each.listing, msgspec.structs.replace(each.score, is_lifted=True)) for each in lifted]
            page = [*page[: -len(lifted)], *marked]
        found += page
    return found + left
