"""The moved clock of a demo or a rehearsal: one row that every process follows."""

from datong.kernel.sql import command
from datong.kernel.tx import Db

MOVE_CLOCK = command(
    "insert into clock_shift (one, seconds) values (1, $1) on conflict (one) do update "
    "set seconds = clock_shift.seconds + $1"
)


async def move_clock(db: Db, seconds: float) -> None:
    """Move the platform's clock forward for every process (a rehearsal or the demo town only)."""
    if seconds < 0:
        msg = "time only goes forward"
        raise ValueError(msg)
    async with db.begin() as tx:
        await tx.run(MOVE_CLOCK, seconds)
    await db.forget_shift()
