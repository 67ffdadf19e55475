"""Who is trusted: buyers whose refunds are fast, shops that are not overridden. Fed by facts.

Source: domain.md §4 [32].
"""

from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from datong.commerce.aftersale.deadlines import FAST_AMOUNT, FAST_STANDING, TRUSTED_SCORE
from datong.commerce.aftersale.queries import RefundCase
from datong.commerce.aftersale.states import CaseKind
from datong.commerce.aftersale.transitions import number
from datong.commerce.rulebook import Standing, StandingValue, tell_standing
from datong.kernel.ids import bucket_of
from datong.kernel.sql import changed, command, rows, value
from datong.kernel.tx import Tx

BUYER_STANDING, SHOP_TRUST = "buyer_standing", "shop_trust"
LOST_COUNTS = 3
"""DESIGN: what a lost dispute takes from a buyer's standing, in successful orders."""


class BuyerStanding(msgspec.Struct, frozen=True):
    """A buyer's successful orders and lost disputes."""

    member_id: int
    finished: int = 0
    lost: int = 0
    version: int = 0
    changed_at: datetime = datetime.min.replace(tzinfo=UTC)

    @property
    def value(self) -> int:
        """In successful orders."""
        return self.finished - LOST_COUNTS * self.lost


class ShopScore(msgspec.Struct, frozen=True):
    """A shop's score as it was last told."""

    shop_id: int
    score: int
    scored_at: datetime


STANDINGS_OF = rows(
    BuyerStanding,
    """
    select member_id, finished, lost, version, changed_at from buyer_standing
    where bkt = any($1) and member_id = any($2)
    """,
)
SCORES_OF = rows(
    ShopScore, "select shop_id, score, scored_at from shop_standing where bkt = any($1) and shop_id = any($2)"
)
STANDING = rows(
    BuyerStanding,
    "select member_id, finished, lost, version, changed_at from buyer_standing where bkt = $1 and member_id = $2",
)
SCORE = value(int, "select score from shop_standing where bkt = $1 and shop_id = $2")
COUNT = changed(
    BuyerStanding,
    """
    insert into buyer_standing as s (bkt, member_id, finished, lost, version, changed_at)
    values ($1, $2, $3, $4, 1, $5)
    on conflict (bkt, member_id) do update set finished = s.finished + $3, lost = greatest(0, s.lost + $4),
        version = s.version + 1, changed_at = excluded.changed_at
    returning member_id, finished, lost, version, changed_at
    """,
)
PUT_SCORE = command(
    """
    insert into shop_standing as s (bkt, shop_id, score, scored_at) values ($1, $2, $3, $4)
    on conflict (bkt, shop_id) do update set score = $3, scored_at = $4 where s.scored_at <= $4
    """
)


async def count_finished(tx: Tx, member_id: int) -> None:
    """One more order came to its end."""
    await _count(tx, member_id, 1, 0)


async def count_lost(tx: Tx, member_id: int, times: int) -> None:
    """A dispute was lost, or (below zero) an appeal took that back."""
    await _count(tx, member_id, 0, times)


async def _count(tx: Tx, member_id: int, finished: int, lost: int) -> None:
    counted = await tx.one(COUNT, bucket_of(member_id), member_id, finished, lost, tx.now)
    tell_standing(tx, BUYER_STANDING, member_id, counted.value, counted.version)


async def record_standing(tx: Tx, shop_id: int, score: int, scored_at: datetime) -> None:
    """A shop's score, in hundredths, as it was last worked out."""
    if await tx.run(PUT_SCORE, bucket_of(shop_id), shop_id, score, scored_at):
        tell_standing(tx, SHOP_TRUST, shop_id, score, _version_of(scored_at))


async def is_fast(tx: Tx, case: RefundCase) -> bool:
    """Whether a refund is granted at once: no goods come back, a small amount, a buyer in good standing.

    Once goods were sent, a shop with a high score is asked first.
    """
    if case.kind != CaseKind.REFUND or case.amount > await number(tx, case, FAST_AMOUNT):
        return False
    found = await tx.maybe(STANDING, bucket_of(case.member_id), case.member_id) or BuyerStanding(case.member_id)
    if found.value < await number(tx, case, FAST_STANDING):
        return False
    score = await tx.maybe(SCORE, bucket_of(case.shop_id), case.shop_id)
    return not case.is_sent or (score is not None and score < await number(tx, case, TRUSTED_SCORE))


async def _read_buyers(tx: Tx, member_ids: Collection[int]) -> dict[int, StandingValue]:
    found = await tx.all(STANDINGS_OF, sorted({bucket_of(each) for each in member_ids}), list(member_ids))
    return {each.member_id: StandingValue(each.value, each.version, each.changed_at) for each in found}


async def _read_shops(tx: Tx, shop_ids: Collection[int]) -> dict[int, StandingValue]:
    found = await tx.all(SCORES_OF, sorted({bucket_of(each) for each in shop_ids}), list(shop_ids))
    return {each.shop_id: StandingValue(each.score, _version_of(each.scored_at), each.scored_at) for each in found}


def _version_of(scored_at: datetime) -> int:
    return int(scored_at.timestamp() * 1_000_000)


STANDINGS = (
    Standing(
        key=BUYER_STANDING, subject="member", unit="a successful order; a lost dispute takes three",
        read_many=_read_buyers,
    ),
    Standing(
        key=SHOP_TRUST, subject="shop", unit="a hundredth of a star, by which fast refunds ask the shop or not",
        read_many=_read_shops,
    ),
)  # fmt: skip
