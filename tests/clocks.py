"""The clock of a test's town: moved by hand, and stopped where nothing may come of age by itself."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from datong.kernel.clock import Clock
from datong.platform.search.query_log import notes_of

if TYPE_CHECKING:
    from tests.make import Town


class TownClock(Clock):
    """The machine's time plus `shift`, or the instant at which it was stopped plus `shift`."""

    _stopped_at: datetime | None = None

    def stop(self) -> None:
        """Time goes on by `shift` alone, however long the machine takes."""
        self._stopped_at = datetime.now(UTC)

    def now(self) -> datetime:
        """The present instant."""
        return (self._stopped_at or datetime.now(UTC)) + self.shift


def stand_still(town: "Town") -> None:
    """Nothing happens beside what a test does: no copy in memory comes of age, and notes of searches are not written.

    For tests that count what a page asks the database: both go by the machine's time otherwise.
    """
    town.clock.stop()
    notes_of(town.db)._writing = asyncio.create_task(_never())


async def _never() -> None:
    await asyncio.Event().wait()
