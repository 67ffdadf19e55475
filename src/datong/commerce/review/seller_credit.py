"""Credit: plus one for good, minus one for bad, within what one may give another in a month.

The same for shops and buyers.

What one gave another in a month is kept whole; what of it counts is worked out from that. So whatever is changed or
removed later, and in whatever order, the total is what counting everything anew would give. Source: domain.md §15
(TOP), [16].
"""

import msgspec

from datong.commerce.review.credit_levels import VALUES, count_credit
from datong.commerce.review.time_limits import MONTH_CREDIT
from datong.commerce.rulebook import Scope, get_rules, tell_standing
from datong.kernel.ids import bucket_of
from datong.kernel.sql import changed, changed_value
from datong.kernel.tx import Tx


class Total(msgspec.Struct, frozen=True):
    """An owner's credit, and its version."""

    total: int
    version: int


GIVE = changed_value(
    int,
    """
    insert into credit_month as c (bkt, owner_id, giver_id, month, given) values ($1, $2, $3, $4, $5)
    on conflict (bkt, owner_id, giver_id, month) do update set given = c.given + $5 returning given
    """,
)
COUNT = changed(
    Total,
    """
    insert into credit as c (bkt, owner_id, total, good, neutral, bad, version, changed_at)
    values ($1, $2, $3, $4, $5, $6, 1, $7)
    on conflict (bkt, owner_id) do update set total = c.total + $3, good = c.good + $4, neutral = c.neutral + $5,
        bad = c.bad + $6, version = c.version + 1, changed_at = excluded.changed_at
    returning total, version
    """,
)


async def enter_credit(
    tx: Tx, owner_id: int, giver_id: int, month: str, before: str, after: str, storefront_id: int, name: str
) -> None:
    """A rating of this month counted as `before` and counts as `after` from now on, in the owner's bucket.

    An empty one does not count at all. `name`: of the owner's credit as a standing.
    """
    if before == after:
        return
    most = (await get_rules(tx)).value(MONTH_CREDIT, tx.now, Scope(storefront_id))
    change = VALUES.get(after, 0) - VALUES.get(before, 0)
    bucket = bucket_of(owner_id)
    given = await tx.one(GIVE, bucket, owner_id, giver_id, month, change)
    steps = [(after == name) - (before == name) for name in ("good", "neutral", "bad")]
    counts = count_credit(given, most) - count_credit(given - change, most)
    credit = await tx.one(COUNT, bucket, owner_id, counts, *steps, tx.now)
    tell_standing(tx, name, owner_id, credit.total, credit.version)
