"""Reference data in memory: what every request reads and hardly anyone writes, at most two seconds old.

Age is told by the transaction's own instant, so whoever moves the platform's clock sees copies expire; a copy from the
future (the machine's clock was put back) is as good as none.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from datong.kernel.tx import Tx

Key = TypeVar("Key")
Value = TypeVar("Value")
MAX_ENTRIES = 20_000
MAX_AGE_SECONDS = 2.0


class CachedTable(Generic[Value]):
    """One process's copy of a reference table, at most two seconds behind the database."""

    def __init__(self, read: Callable[[Tx], Awaitable[Value]], max_age: float = MAX_AGE_SECONDS) -> None:
        self._read = read
        self._max_age = timedelta(seconds=max_age)
        self._kept: Value | None = None
        self._read_at: datetime | None = None
        self._source: object = None

    async def get(self, tx: Tx) -> Value:
        """The copy, read again when it is too old or came from another database."""
        if (
            self._kept is None
            or self._read_at is None
            or self._source is not tx.source
            or abs(tx.now - self._read_at) > self._max_age
        ):
            kept = await self._read(tx)
            self._kept, self._source, self._read_at = kept, tx.source, tx.now
            return kept
        return self._kept

    def forget(self) -> None:
        """Read again at the next look, because this process has just changed it."""
        self._kept = None


class TtlCache(Generic[Key, Value]):
    """One process's copies of rows by key, each at most two seconds behind the database; bounded."""

    def __init__(
        self, read: Callable[[Tx, list[Key]], Awaitable[dict[Key, Value]]], max_age: float = MAX_AGE_SECONDS
    ) -> None:
        self._read = read
        self._max_age = timedelta(seconds=max_age)
        self._kept: dict[Key, tuple[Value, datetime]] = {}
        self._source: object = None

    async def get_many(self, tx: Tx, keys: Iterable[Key]) -> dict[Key, Value]:
        """Rows by key; those that do not exist are missing, and asked for again the next time."""
        if self._source is not tx.source or len(self._kept) > MAX_ENTRIES:
            self._kept, self._source = {}, tx.source
        oldest, latest = tx.now - self._max_age, tx.now + self._max_age
        wanted = set(keys)
        found = {key: kept[0] for key in wanted if (kept := self._kept.get(key)) and oldest < kept[1] < latest}
        if missing := sorted(wanted - found.keys()):  # type: ignore[type-var]  # keys are numbers or texts
            fresh = await self._read(tx, missing)
            self._kept.update({key: (row, tx.now) for key, row in fresh.items()})
            found |= fresh
        return found

    def peek(self, source: object, now: datetime, key: Key) -> Value | None:
        """What is kept of a key and still recent, without asking `source` (the database) for it."""
        kept = self._kept.get(key) if self._source is source else None
        return kept[0] if kept and abs(now - kept[1]) < self._max_age else None

    def forget(self, key: Key) -> None:
        """Read this one again at the next look, because this process has just changed it."""
        self._kept.pop(key, None)
