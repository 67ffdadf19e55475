"""Each day's DSR: the mean of six months moves on by a day, by what comes in and what falls out.

Source: domain.md §15 [16].
"""

from datetime import date, timedelta

import msgspec

from datong.commerce.review.credit_levels import months_before
from datong.commerce.review.queries import Dsr
from datong.commerce.review.standings import SCORED, Scored, tell_score
from datong.commerce.review.time_limits import DSR_MONTHS
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import get_storefronts
from datong.facts.review import ShopScored
from datong.kernel.sql import changed, rows
from datong.kernel.tx import Db, Tx


class BehindShop(msgspec.Struct, frozen=True):
    """A shop whose mean is of an earlier day."""

    bkt: int
    shop_id: int


class Sums(msgspec.Struct, frozen=True):
    """Sums of some days' scores."""

    ratings: int
    description: int
    service: int
    logistics: int


BEHIND = rows(
    BehindShop, "select bkt, shop_id from shop_dsr where storefront_id = $1 and as_of < $2 order by as_of limit 500"
)
LOCK = rows(
    Dsr,
    """
    select as_of, since, ratings, description, service, logistics from shop_dsr where bkt = $1 and shop_id = $2
        for update
    """,
)
BETWEEN = rows(
    Sums,
    """
    select coalesce(sum(ratings), 0)::bigint as ratings, coalesce(sum(description), 0)::bigint as description,
           coalesce(sum(service), 0)::bigint as service, coalesce(sum(logistics), 0)::bigint as logistics
    from dsr_day where bkt = $1 and shop_id = $2 and day > $3 and day <= $4
    """,
)
MOVE_ON = changed(
    Scored,
    f"""
    update shop_dsr set as_of = $3, since = $4, ratings = ratings + $5, description = description + $6,
        service = service + $7, logistics = logistics + $8, version = version + 1, changed_at = $9
    where bkt = $1 and shop_id = $2 returning {SCORED}
    """,
)


async def average_shops(db: Db) -> int:
    """Bring every shop's mean up to yesterday, where its storefront's days end; answers how many were moved on."""
    moved = 0
    async with db.read() as tx:
        days = {
            each.storefront_id: tx.now.astimezone(each.zone).date() - timedelta(days=1)
            for each in (await get_storefronts(tx)).all
        }
        behind = [(brand, each) for brand, day in days.items() for each in await tx.all(BEHIND, brand, day)]
        rules = await get_rules(tx)
        months = {brand: rules.value(DSR_MONTHS, tx.now, Scope(brand)) for brand in days}
    for brand, each in behind:
        async with db.begin(each.bkt) as tx:
            moved += await _move_on(tx, each.shop_id, days[brand], months[brand])
    return moved


async def _move_on(tx: Tx, shop_id: int, day: date, months: int) -> int:
    now = await tx.one(LOCK, tx.bucket, shop_id)
    if now.as_of >= day:
        return 0
    since = months_before(day, months)
    came = await tx.one(BETWEEN, tx.bucket, shop_id, max(now.as_of, since), day)
    # What falls out is what the window held up to its new beginning; days it never held are not in its sums.
    fell = await tx.one(BETWEEN, tx.bucket, shop_id, now.since, min(since, now.as_of))
    moved = await tx.one(
        MOVE_ON, tx.bucket, shop_id, day, since, came.ratings - fell.ratings, came.description - fell.description,
        came.service - fell.service, came.logistics - fell.logistics, tx.now,
    )  # fmt: skip
    tell_score(tx, moved)
    tx.emit(ShopScored(shop_id=shop_id, score=moved.score, ratings=moved.ratings, scored_at=tx.now))
    return 1
