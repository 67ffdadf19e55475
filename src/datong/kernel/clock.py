"""The clock: one instant a transaction, aware UTC. Rehearsals and the demo town may move it forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """What time it is for the platform: the machine's time plus `shift`."""

    def __init__(self, shift: timedelta = timedelta(0)) -> None:
        self.shift = shift

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC) + self.shift
