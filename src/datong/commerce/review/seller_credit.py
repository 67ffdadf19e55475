"""Credit: plus one for good, minus one for bad, within what one may give another in a month.

The same for shops and buyers.

What one gave another in a month is kept whole; what of it counts is worked out from that. So whatever is changed or
removed later, and in whatever order, the total is what counting everything anew would give. Source: domain.md §15
(TOP), [16].
"""

from datong.commerce.review.credit_levels import VALUES, count_credit
from datong.commerce.review.time_limits import MONTH_CREDIT
from datong.commerce.rulebook import Scope, get_rules
from datong.kernel.ids import bucket_of
from datong.kernel.sql import changed_value, command
from datong.kernel.tx import Tx

GIVE = changed_value(
    int,
    """
    insert into credit_month as c (bkt, owner_id, giver_id, month, given) values ($1, $2, $3, $4, $5)
    on conflict (bkt, owner_id, giver_id, month) do update set given = c.given + $5 returning given
    """,
)
COUNT = command(
    """
    insert into credit as c (bkt, owner_id, total, good, neutral, bad) values ($1, $2, $3, $4, $5, $6)
    on conflict (bkt, owner_id) do update set total = c.total + $3, good = c.good + $4, neutral = c.neutral + $5,
        bad = c.bad + $6
    """
)


async def enter_credit(
    tx: Tx, owner_id: int, giver_id: int, month: str, before: str, after: str, storefront_id: int
) -> None:
    """A rating of this month counted as `before` ("".

    Not at all) counts as `after` from now on, in the owner's bucket.
    """
    if before == after:
        return
    most = (await get_rules(tx)).value(MONTH_CREDIT, tx.now, Scope(storefront_id))
    change = VALUES.get(after, 0) - VALUES.get(before, 0)
    bucket = bucket_of(owner_id)
    given = await tx.one(GIVE, bucket, owner_id, giver_id, month, change)
    steps = [(after == name) - (before == name) for name in ("good", "neutral", "bad")]
    await tx.run(COUNT, bucket, owner_id, count_credit(given, most) - count_credit(given - change, most), *steps)
