"""Every clock of the house, and whether it is late: what is due and was not done is a stuck timer."""

from datong.kernel.actor import Actor
from datong.kernel.timer import Timer, read_together
from datong.kernel.tx import Tx


async def list_timers(tx: Tx, actor: Actor) -> list[Timer]:
    """All clocks, each with how much is overdue (counted up to 1,000) and when the next one is due."""
    actor.must("operator:timer:read")
    return await tx.all(read_together(tx.house.timers), tx.now) if tx.house.timers else []
