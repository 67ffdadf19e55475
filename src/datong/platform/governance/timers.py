"""Every clock of the house, and whether it is late: what is due and was not done is a stuck timer."""

from datong.kernel.actor import Actor
from datong.kernel.timer import Timer
from datong.kernel.tx import Tx


async def list_timers(tx: Tx, actor: Actor) -> list[Timer]:
    """All clocks, each with how much is overdue (counted up to 1,000) and when the next one is due."""
    actor.must("operator:timer:read")
    return [timer for query in tx.house.timers for timer in await tx.all(query, tx.now)]
