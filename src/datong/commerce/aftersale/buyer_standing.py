"""Who is trusted: buyers whose refunds are fast, shops that are not overridden. Fed by facts.

Source: domain.md §4 [32].
"""

from datetime import datetime

import msgspec

from datong.commerce.aftersale.deadlines import FAST_AMOUNT, FAST_STANDING, TRUSTED_SCORE
from datong.commerce.aftersale.queries import RefundCase
from datong.commerce.aftersale.states import CaseKind
from datong.commerce.aftersale.transitions import number
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Tx

LOST_COUNTS = 3
"""DESIGN: what a lost dispute takes from a buyer's standing, in successful orders."""


class Standing(msgspec.Struct, frozen=True):
    """A buyer's successful orders and lost disputes."""

    finished: int
    lost: int


STANDING = rows(Standing, "select finished, lost from buyer_standing where bkt = $1 and member_id = $2")
SCORE = value(int, "select score from shop_standing where bkt = $1 and shop_id = $2")
COUNT = command(
    """
    insert into buyer_standing as s (bkt, member_id, finished, lost) values ($1, $2, $3, $4)
    on conflict (bkt, member_id) do update set finished = s.finished + $3, lost = greatest(0, s.lost + $4)
    """
)
PUT_SCORE = command(
    """
    insert into shop_standing as s (bkt, shop_id, score, scored_at) values ($1, $2, $3, $4)
    on conflict (bkt, shop_id) do update set score = $3, scored_at = $4 where s.scored_at <= $4
    """
)


async def count_finished(tx: Tx, member_id: int) -> None:
    """One more order came to its end."""
    await tx.run(COUNT, bucket_of(member_id), member_id, 1, 0)


async def count_lost(tx: Tx, member_id: int, times: int) -> None:
    """A dispute was lost, or (below zero) an appeal took that back."""
    await tx.run(COUNT, bucket_of(member_id), member_id, 0, times)


async def record_standing(tx: Tx, shop_id: int, score: int, scored_at: datetime) -> None:
    """A shop's score, in hundredths, as it was last worked out."""
    await tx.run(PUT_SCORE, bucket_of(shop_id), shop_id, score, scored_at)


async def is_fast(tx: Tx, case: RefundCase) -> bool:
    """Whether a refund is granted at once: no goods come back, a small amount, a buyer in good standing.

    Once goods were sent, a shop with a high score is asked first.
    """
    if case.kind != CaseKind.REFUND or case.amount > await number(tx, case, FAST_AMOUNT):
        return False
    found = await tx.maybe(STANDING, bucket_of(case.member_id), case.member_id) or Standing(0, 0)
    if found.finished - LOST_COUNTS * found.lost < await number(tx, case, FAST_STANDING):
        return False
    score = await tx.maybe(SCORE, bucket_of(case.shop_id), case.shop_id)
    return not case.is_sent or (score is not None and score < await number(tx, case, TRUSTED_SCORE))
