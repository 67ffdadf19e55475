"""Counting what limited promotions give, before the purchase is written: a budget never gives a cent too much.

As with stock: a use is held for a purchase, kept when the purchase is known to be written, let go of when its order
ends without success, and expires by itself if nothing came of it. The promotion's row is the one lock.
"""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from datong.commerce.pricing.promotions import RUNNING_OF
from datong.commerce.pricing.totals import BudgetUse
from datong.facts.order import PurchasePlaced
from datong.kernel.ids import bucket_of
from datong.kernel.outbox import horizon
from datong.kernel.refusal import Conflict
from datong.kernel.sql import Doc, changed_value, rows
from datong.kernel.tx import Db, Tx

HOLD = timedelta(minutes=10)


class PromotionUsedUp(Conflict):
    """A promotion's budget or limit was reached in this moment; the price is another now."""

    code = "pricing.promotion_used_up"

    def __init__(self, promotion_id: int) -> None:
        self.promotion_id = str(promotion_id)


class Expired(msgspec.Struct, frozen=True):
    """A use that ran out."""

    bkt: int
    purchase_id: int


SPEND = changed_value(int, "select promotion_spend($1, $2, $3, $4, $5, $6::jsonb)")
KEEP = changed_value(int, "select promotion_keep($1, $2, $3::integer[], $4::bigint[])")
LET_GO = changed_value(int, "select promotion_let_go($1, $2, $3::integer[], $4::bigint[], $5::bigint[], $6::text[])")
EXPIRED = rows(
    Expired,
    """
    select distinct bkt, purchase_id from (
        select bkt, purchase_id from promotion_use where state = 'HELD' and expires_at <= $1
        order by expires_at limit 500) as run_out
    """,
)


async def reserve_budget(db: Db, purchase_id: int, member_id: int, uses: Sequence[BudgetUse]) -> None:
    """Hold all of these uses for a purchase, or none. Refuses `PromotionUsedUp`."""
    done: list[int] = []
    for buckets in db.groups(bucket_of(use.promotion_id) for use in uses):
        mine = [
            msgspec.structs.asdict(use) | {"bkt": bucket_of(use.promotion_id)}
            for use in sorted(uses, key=lambda each: (each.promotion_id, each.shop_id))
            if bucket_of(use.promotion_id) in buckets
        ]
        now = db.now()
        refused = await db.once(
            buckets[0], SPEND, buckets[0], now, now + HOLD, purchase_id, member_id, Doc(mine), is_async_commit=True
        )
        if refused:
            await release_budget(db, purchase_id, done)
            for use in uses:
                RUNNING_OF.forget(use.owner_id)
            raise PromotionUsedUp(refused[0])
        done += buckets


async def release_budget(db: Db, purchase_id: int, buckets: Sequence[int]) -> None:
    """What was held for a purchase that is not written."""
    for group in db.groups(buckets):
        places = [purchase_id] * len(group)
        await db.once(group[0], LET_GO, group[0], db.now(), group, places, [0] * len(group), ["HELD"])


async def keep_uses(tx: Tx, written: Sequence[tuple[int, Sequence[int]]]) -> None:
    """Purchases are written: their uses (purchase, promotions) no longer expire."""
    places = _places(tx, written)
    if places:
        await tx.all(KEEP, tx.bucket, tx.now, [bucket for bucket, _ in places], [each for _, each in places])


async def give_back_uses(tx: Tx, ended: Sequence[tuple[int, int, Sequence[int]]]) -> None:
    """Orders ended without success: their uses (purchase, shop, promotions) are free again."""
    for purchase_id, shop_id, promotion_ids in ended:
        places = _places(tx, [(purchase_id, promotion_ids)])
        if places:
            await tx.all(
                LET_GO, tx.bucket, tx.now, [bucket for bucket, _ in places], [each for _, each in places],
                [shop_id] * len(places), ["HELD", "KEPT"],
            )  # fmt: skip


def _places(tx: Tx, uses: Sequence[tuple[int, Sequence[int]]]) -> list[tuple[int, int]]:
    return sorted(
        {(bucket_of(each), purchase_id) for purchase_id, ids in uses for each in ids if bucket_of(each) in tx.buckets}
    )


async def expire_uses(db: Db) -> int:
    """Let go of uses that ran out, but only where a written purchase would be known by now."""
    async with db.read() as tx:
        run_out = await tx.all(EXPIRED, min(await horizon(tx, PurchasePlaced), tx.now))
    for each in run_out:
        await release_budget(db, each.purchase_id, [each.bkt])
    return len(run_out)
