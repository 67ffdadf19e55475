"""Shops as ranking sees them: how buyers experience them, and how young they are."""

from datetime import timedelta

import msgspec

from datong.commerce import merchant
from datong.kernel.cache import TtlCache
from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows
from datong.kernel.tx import Tx

WORST, BEST = 350, 500
"""Scores in hundredths: hardly any shop is below 3.5 of 5, so what lies between counts."""
FEW_RATINGS = 20.0
NEUTRAL = 0.5


class Score(msgspec.Struct, frozen=True):
    """A shop's mean score in hundredths, and of how many ratings."""

    shop_id: int
    score: int
    ratings: int


class Standing(msgspec.Struct, frozen=True):
    """Experience from 0 to 1 (one half where hardly anyone has rated), and since when it trades (Unix seconds)."""

    experience: float
    opened_at: float


SCORES = rows(Score, "select shop_id, score, ratings from search_shop where bkt = any($1) and shop_id = any($2)")


def experience_of(score: int, ratings: int) -> float:
    """What so many ratings of such a mean say, drawn to the middle while there are few.

    >>> experience_of(500, 0), experience_of(500, 20), round(experience_of(440, 180), 2)
    (0.5, 0.75, 0.59)
    """
    raw = min(1.0, max(0.0, (score - WORST) / (BEST - WORST)))
    return (raw * ratings + NEUTRAL * FEW_RATINGS) / (ratings + FEW_RATINGS)


async def _read(tx: Tx, shop_ids: list[int]) -> dict[int, Standing]:
    shops = await merchant.get_shops(tx, shop_ids)
    scores = {
        each.shop_id: each for each in await tx.all(SCORES, sorted({bucket_of(each) for each in shop_ids}), shop_ids)
    }
    return {
        each.shop_id: Standing(
            experience_of(scores[each.shop_id].score, scores[each.shop_id].ratings)
            if each.shop_id in scores
            else NEUTRAL,
            each.opened_at.timestamp() if each.opened_at else 0.0,
        )
        for each in shops.values()
    }


STANDINGS = TtlCache(_read, max_age=60.0)


async def get_standings(tx: Tx, shop_ids: set[int]) -> dict[int, Standing]:
    """Shops by number; at most a minute behind."""
    return await STANDINGS.get_many(tx, shop_ids)


def young(standings: dict[int, Standing], now: float, days: int) -> frozenset[int]:
    """Those that have traded for less than so many days."""
    since = now - timedelta(days=days).total_seconds()
    return frozenset(shop_id for shop_id, each in standings.items() if each.opened_at > since)
