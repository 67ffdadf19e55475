"""Goodwill: what the platform gives out of its own to settle a dispute, within a month's budget. Never a cent more.

It is reserved before the decision is written, under the month's one row, and let go of if nothing came of it. A process
that dies in between leaves it reserved: better a little not given than too much.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from datong.commerce.aftersale.deadlines import GOODWILL_MONTH, MAX_GOODWILL
from datong.commerce.aftersale.disputes import Decision, apply_decision
from datong.commerce.aftersale.queries import RefundCase
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_for, bucket_of
from datong.kernel.refusal import Conflict, Invalid, Refusal
from datong.kernel.sql import changed, command, value
from datong.kernel.tx import Db

BUCKET = bucket_for("goodwill")
"""The platform's own budget is one thing and lives in one place."""


class GoodwillUse(msgspec.Struct, frozen=True):
    """What was reserved, and of which month."""

    month: str
    amount: int


BEGIN_MONTH = command("insert into goodwill_month (bkt, month, spent) values ($1, $2, 0) on conflict do nothing")
LOCK_MONTH = value(int, "select spent from goodwill_month where bkt = $1 and month = $2 for update")
PUT_USE = command("insert into goodwill_use (bkt, use_id, month, amount, used_at) values ($1, $2, $3, $4, $5)")
SPEND = command("update goodwill_month set spent = spent + $3 where bkt = $1 and month = $2")
DROP_USE = changed(GoodwillUse, "delete from goodwill_use where bkt = $1 and use_id = $2 returning month, amount")


class GoodwillShort(Conflict):
    """The month's budget of goodwill does not reach; `left` is in minor units."""

    code = "aftersale.goodwill_short"

    def __init__(self, left: int) -> None:
        self.left = left


async def reserve_goodwill(db: Db, amount: int) -> int:
    """Reserve so much of the month's budget; answers under which id, to let go of it if nothing comes of it.

    Refuses `Invalid` above what one dispute may have, `GoodwillShort` above what the month has left.
    """
    async with db.begin(BUCKET) as tx:
        rules = await get_rules(tx)
        most, budget = rules.value(MAX_GOODWILL, tx.now), rules.value(GOODWILL_MONTH, tx.now)
        if not 0 < amount <= most:
            raise Invalid("goodwill", f"0 to {most}")
        month, use_id = f"{tx.now:%Y-%m}", tx.new_id()
        await tx.run(BEGIN_MONTH, BUCKET, month)
        spent = await tx.one(LOCK_MONTH, BUCKET, month)
        if spent + amount > budget:
            raise GoodwillShort(max(0, budget - spent))
        await tx.run(SPEND, BUCKET, month, amount)
        await tx.run(PUT_USE, BUCKET, use_id, month, amount, tx.now)
    return use_id


@asynccontextmanager
async def reserved_goodwill(db: Db, amount: int) -> AsyncIterator[None]:
    """So much goodwill for what is done in the block; a refusal there lets go of it. 0 reserves nothing."""
    use_id = await reserve_goodwill(db, amount) if amount else 0
    try:
        yield
    except Refusal:
        if use_id:
            async with db.begin(BUCKET) as tx:
                use = await tx.one(DROP_USE, BUCKET, use_id)
                await tx.run(SPEND, BUCKET, use.month, -use.amount)
        raise


async def decide_dispute(db: Db, actor: Actor, case_id: int, dispute_version: int, decision: Decision) -> RefundCase:
    """Decide a dispute, with or without goodwill. Refuses as `apply_decision` and `reserve_goodwill` do."""
    actor.must("operator:dispute:decide")
    async with reserved_goodwill(db, decision.goodwill), db.begin(bucket_of(case_id)) as tx:
        return await apply_decision(tx, actor, case_id, dispute_version, decision)
