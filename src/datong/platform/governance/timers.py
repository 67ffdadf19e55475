"""Every clock the business runs, and whether it is late: what is due and was not done is a stuck timer."""

from datong.commerce import aftersale, fulfilment, inventory, order, payment, review
from datong.kernel.actor import Actor
from datong.kernel.timer import Timer
from datong.kernel.tx import Tx


async def list_timers(tx: Tx, actor: Actor) -> list[Timer]:
    """All clocks, each with how much is overdue (counted up to 1,000) and since when."""
    actor.must("operator:timer:read")
    rooms = (order.TIMERS, aftersale.TIMERS, payment.TIMERS, inventory.TIMERS, fulfilment.TIMERS, review.TIMERS)
    return [timer for room in rooms for timer in await tx.all(room, tx.now)]
