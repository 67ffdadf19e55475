"""A month in a minute, the short way.

Some days of trade with everything that goes wrong, and then until all has ended.
"""

from datetime import timedelta

import pytest

from datong.commerce.payment.payouts import schedule_payouts
from datong.kernel.invariants import audit, list_waiting
from datong.simulation.month import DRAIN, Plan, play_month
from datong.simulation.stage import Stage
from tests.cast import cast_of
from tests.make import Town

PLAN = Plan(purchases=140, days=4, seed=5)
NAMED = {"refund: sent", "refund: declined", "shop: owes the platform"}
"""What may still wait when everything else has ended.

A gateway that declines, a balance below zero.
"""


@pytest.mark.long
async def test_some_days_of_trade_end_with_nothing_unexplained(town: Town) -> None:
    cast = await cast_of(town, 5, 12)
    stage = Stage(town.adapters, town.clock, town.settings.secret, PLAN.seed)
    days = 0

    async def end_of_day() -> None:
        nonlocal days
        days += 1
        found = await audit(town.db)
        assert found == {}, (stage.now, found)
        if days == PLAN.days:
            stage.tick *= 3  # hardly anyone acts any more: clocks run out by the day

    try:
        await play_month(stage, cast, PLAN, stage.now + timedelta(days=PLAN.days) + DRAIN, end_of_day)
    finally:
        await stage.close()
    assert days >= PLAN.days
    done = stage.done
    for action in ("placed", "paid", "sent", "asked", "agreed", "refused", "sent back", "took back",
    "called the platform",
                 "decided", "confirmed", "reviewed good", "rated the buyer", "replied"):  # fmt: skip
        assert done[action] > 0, (action, done)
    left = await list_waiting(town.db)
    assert set(left) <= NAMED, left
    town.move_clock(hours=25)
    assert await schedule_payouts(town.db) == 0, "whatever was worth it has been paid out"
