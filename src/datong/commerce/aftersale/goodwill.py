"""Goodwill: what the platform gives out of its own to settle a dispute, within a month's budget. Never a cent more.

It is reserved before the decision is written, under the month's one row, and let go of if nothing came of it. A process that
dies in between leaves it reserved: better a little not given than too much.
"""

from datong.commerce.aftersale.clocks import GOODWILL_MONTH, GOODWILL_MOST
from datong.commerce.aftersale.disputing import Decision, apply_decision
from datong.commerce.aftersale.reading import RefundCase
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_for, bucket_of
from datong.kernel.refusal import Conflict, Invalid, Refusal
from datong.kernel.sql import changed_value, command, value
from datong.kernel.tx import Db

BUCKET = bucket_for("goodwill")
"""The platform's own budget is one thing and lives in one place."""

BEGIN_MONTH = command("insert into goodwill_month (bkt, month, spent) values ($1, $2, 0) on conflict do nothing")
LOCK_MONTH = value(int, "select spent from goodwill_month where bkt = $1 and month = $2 for update")
USED = value(int, "select amount from goodwill_use where bkt = $1 and use_key = $2")
PUT_USE = command(
    """
    insert into goodwill_use (bkt, use_key, month, amount, used_at) values ($1, $2, $3, $4, $5)
    on conflict (bkt, use_key) do update set amount = $4, used_at = $5
    """
)
SPEND = changed_value(
    int,
    "update goodwill_month set spent = spent + $3 where bkt = $1 and month = $2 and spent + $3 <= $4 returning spent",
)


class GoodwillShort(Conflict):
    """The month's budget of goodwill does not reach; `left` is in minor units."""

    code = "aftersale.goodwill_short"

    def __init__(self, left: int) -> None:
        self.left = left


async def reserve_goodwill(db: Db, key: str, amount: int) -> None:
    """Reserve so much of the month's budget under a key, in place of what was reserved under it before.

    Refuses `Invalid` above what one dispute may have, `GoodwillShort` above what the month has left.
    """
    async with db.begin(BUCKET) as tx:
        rules = await get_rules(tx)
        most, budget = rules.value(GOODWILL_MOST, tx.now), rules.value(GOODWILL_MONTH, tx.now)
        if not 0 <= amount <= most:
            raise Invalid("goodwill", f"0 to {most}")
        month = f"{tx.now:%Y-%m}"
        await tx.run(BEGIN_MONTH, BUCKET, month)
        spent = await tx.one(LOCK_MONTH, BUCKET, month)
        before = await tx.maybe(USED, BUCKET, key) or 0
        if await tx.maybe(SPEND, BUCKET, month, amount - before, max(budget, spent)) is None:
            raise GoodwillShort(max(0, budget - spent))
        await tx.run(PUT_USE, BUCKET, key, month, amount, tx.now)


async def decide_dispute(db: Db, actor: Actor, case_id: int, dispute_version: int, decision: Decision) -> RefundCase:
    """Decide a dispute, with or without goodwill. Refuses as `apply_decision` and `reserve_goodwill` do."""
    actor.must("operator:dispute:decide")
    key = f"{case_id}-{dispute_version}-{actor.id}"
    if decision.goodwill:
        await reserve_goodwill(db, key, decision.goodwill)
    try:
        async with db.begin(bucket_of(case_id)) as tx:
            return await apply_decision(tx, actor, case_id, dispute_version, decision)
    except Refusal:
        if decision.goodwill:
            await reserve_goodwill(db, key, 0)
        raise
