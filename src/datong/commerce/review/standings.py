"""What reviews measure: the credit of shops and of buyers, and shops' mean scores."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from datong.commerce.review.queries import Dsr
from datong.commerce.rulebook import Standing, StandingValue, tell_standing
from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows
from datong.kernel.tx import Tx

SELLER_CREDIT, BUYER_CREDIT, SHOP_DSR = "seller_credit", "buyer_credit", "shop_dsr"


class _Credit(msgspec.Struct, frozen=True):
    owner_id: int
    total: int
    version: int
    changed_at: datetime


class Scored(Dsr, frozen=True):
    """A shop's sums with their version."""

    shop_id: int
    version: int
    changed_at: datetime


SCORED = "as_of, since, ratings, description, service, logistics, shop_id, version, changed_at"
CREDITS = rows(
    _Credit, "select owner_id, total, version, changed_at from credit where bkt = any($1) and owner_id = any($2)"
)
SCORES = rows(Scored, f"select {SCORED} from shop_dsr where bkt = any($1) and shop_id = any($2)")


async def _read_credits(tx: Tx, owner_ids: Collection[int]) -> dict[int, StandingValue]:
    found = await tx.all(CREDITS, sorted({bucket_of(each) for each in owner_ids}), list(owner_ids))
    return {each.owner_id: StandingValue(each.total, each.version, each.changed_at) for each in found}


async def _read_scores(tx: Tx, shop_ids: Collection[int]) -> dict[int, StandingValue]:
    found = await tx.all(SCORES, sorted({bucket_of(each) for each in shop_ids}), list(shop_ids))
    return {each.shop_id: StandingValue(each.score, each.version, each.changed_at) for each in found}


def tell_score(tx: Tx, scored: Scored) -> None:
    """Tell that a shop's mean has changed, or only what it is of."""
    tell_standing(tx, SHOP_DSR, scored.shop_id, scored.score, scored.version)


STANDINGS = (
    Standing(key=SELLER_CREDIT, subject="shop", unit="a good rating less a bad one", read_many=_read_credits),
    Standing(key=BUYER_CREDIT, subject="member", unit="a good rating less a bad one", read_many=_read_credits),
    Standing(key=SHOP_DSR, subject="shop", unit="a hundredth of a star; 0: no rating", read_many=_read_scores),
)
