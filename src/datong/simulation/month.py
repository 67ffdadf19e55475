"""A month in a minute.

Thousands of orders through a month of platform time, by seed, with the audit clean every day.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from datong.commerce import aftersale
from datong.kernel.ids import bucket_of
from datong.simulation.stage import Stage, chance_of
from datong.simulation.trade_actors import Cast, Life

ACTIVE = timedelta(days=25)
"""So long after the last purchase most lives have nothing more to do than wait."""
LONG_TICK = timedelta(hours=12)
DRAIN = timedelta(days=75)
"""After the last purchase everything has ended by itself.

The longest way is a return, a dispute, an appeal and a review.
"""


class Plan(msgspec.Struct, frozen=True):
    """How many purchases, over how many days, by which seed."""

    purchases: int
    days: float = 30
    seed: int = 1


async def prepare(stage: Stage, cast: Cast) -> None:
    """Shops say where returns go; all but every seventh, which shows what happens without."""
    for number, seller in enumerate(cast.sellers):
        if number % 7 == 6:  # noqa: PLR2004 - every seventh shop
            continue
        address = aftersale.ReturnAddress(
            "Returns 退货组", "13900000000", "31", "Shanghai 上海", "9 Dock Road 码头路9号"
        )
        async with stage.db.begin(bucket_of(seller.shop_id)) as tx:
            await aftersale.set_return_address(tx, seller.staff, seller.shop_id, address)


async def play_month(
    stage: Stage, cast: Cast, plan: Plan, until: datetime, on_day: Callable[[], Awaitable[None]] | None = None
) -> None:  # fmt: skip
    """Let the purchases of a plan happen, and time go on until an instant.

    Once nobody acts any more, in longer steps.
    """
    await prepare(stage, cast)
    chance = chance_of(f"month {plan.seed}")
    for number in range(plan.purchases):
        begins = chance.uniform(0, plan.days * 24)
        stage.begin(Life(stage, cast, plan.seed, number).live(begins))
    await stage.play(min(until, stage.now + timedelta(days=plan.days) + ACTIVE), on_day)
    stage.tick = LONG_TICK
    await stage.play(until, on_day)
