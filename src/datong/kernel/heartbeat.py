"""The beat of what is done again and again: when each sweep ran last, how much it did, and how it failed if it did."""

from datetime import datetime

import msgspec

from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx


class Heartbeat(msgspec.Struct, frozen=True):
    """One sweep, over all workers: `did` since it was first noted."""

    name: str
    seconds: float
    ran_at: datetime
    did: int
    failed_at: datetime | None
    reason: str

    def is_late(self, now: datetime) -> bool:
        """Whether it should have run long ago."""
        return (now - self.ran_at).total_seconds() > 3 * self.seconds + 60


PUT_HEARTBEAT = command(
    """
    insert into sweep_beat as s (name, seconds, ran_at, did, failed_at, reason) values ($1, $2, $3, $4, $5, $6)
    on conflict (name) do update set seconds = excluded.seconds, ran_at = excluded.ran_at, did = s.did + excluded.did,
        failed_at = coalesce(excluded.failed_at, s.failed_at),
        reason = case when excluded.failed_at is null then s.reason else excluded.reason end
    """
)
LIST = rows(Heartbeat, "select name, seconds, ran_at, did, failed_at, reason from sweep_beat order by name limit 200")


async def record_heartbeat(db: Db, name: str, seconds: float, did: int, reason: str = "") -> None:
    """A sweep has run (or, with a reason, failed) just now."""
    async with db.begin() as tx:
        await tx.run(PUT_HEARTBEAT, name, seconds, tx.now, did, tx.now if reason else None, reason[:300])


async def list_heartbeats(tx: Tx) -> list[Heartbeat]:
    """Every sweep that any worker has run."""
    return await tx.all(LIST)
