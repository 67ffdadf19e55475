"""Ranking: a few hundred candidates in the order they are shown, each with its reasons. Pure.

A score is a gate of relevance × (floor + merits) × what it keeps (penalties, further offers of one shop or product).
Those that have all of the query's words come before those that have others of the same meaning, and these before those
that lack some. A brand and a storefront are no part of it. Source: domain.md §18.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

from datong.platform.search.documents import Listing
from datong.platform.search.parameters import Weights
from datong.platform.search.relevance import Asked, Gauge

PAGE = 20
SALES_MIDDLE = math.log1p(50)
"""So many sold make half of what sales can make."""
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


class Around(msgspec.Struct, frozen=True):
    """What else decides.

    Weights, the time, shops' experience (0 to 1) and age, factors of penalties by product or shop.
    """

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
    gauge = Gauge(asked)
    found = [(*gauge.measure(each), each) for each in candidates]
    tops: dict[int, float] = {}
    for tier, text, _ in found:
        tops[tier] = max(tops.get(tier, 0.0), text)
    middle = _middle_price([each for tier, text, each in found if tier == 0 and text >= tops[0] / 2] or candidates)
    scored = [_score(each, tier, text / (tops[tier] or 1.0), around, middle) for tier, text, each in found]
    scored.sort(key=lambda each: (each.score.tier, -each.score.total, each.listing.product_id))
    spread = _spread_out(scored, around.weights)
    return _lift_new_shops(spread, around.new_share)


def _middle_price(listings: Sequence[Listing]) -> float:
    prices = sorted(each.price for each in listings if each.price > 0)
    return float(prices[len(prices) // 2]) if prices else 0.0


def _score(listing: Listing, tier: int, text: float, around: Around, middle: float) -> Ranked:
    weights = around.weights
    shown = listing.seen + SHOWN_PRIOR
    clicks = (listing.clicked / CLICK_RATE + SHOWN_PRIOR) / shown
    bought = (listing.bought / BUY_RATE + SHOWN_PRIOR) / shown
    age_days = (around.now - listing.published_at) / DAY_SECONDS if listing.published_at else FRESH_DAYS
    conversion, clicks = bought / (1 + bought), clicks / (1 + clicks)
    sold = math.log1p(listing.sold)
    sales = sold / (sold + SALES_MIDDLE)
    experience = around.experience.get(listing.shop_id, NEUTRAL)
    freshness = 0.5 ** (max(age_days, 0.0) / FRESH_DAYS)
    price = _price_fit(listing.price, middle)
    merit = (
        weights.conversion * conversion + weights.clicks * clicks + weights.sales * sales
        + weights.experience * experience + weights.freshness * freshness + weights.price_band * price
    )  # fmt: skip
    penalty = around.penalties.get(listing.product_id, 1.0) * around.penalties.get(listing.shop_id, 1.0)
    total = text**weights.gate_power * (weights.floor + merit) * penalty
    is_new = listing.shop_id in around.new_shops
    return Ranked(
        listing,
        Score(total, tier, text, conversion, clicks, sales, experience, freshness, price, penalty, 1.0, is_new),
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
        if kept != 1:
            score = msgspec.structs.replace(each.score, total=each.score.total * kept, repeat=kept)
            found.append(Ranked(listing, score))
        else:
            found.append(each)
    found.sort(key=lambda each: (each.score.tier, -each.score.total, each.listing.product_id))
    return found


def _lift_new_shops(ranked: list[Ranked], share: float) -> list[Ranked]:
    """Each page has at least a share of young shops' goods, where enough of them have all the words.

    They come at its end.
    """
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
