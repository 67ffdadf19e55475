"""Reference data in memory: small tables that every request reads and hardly anyone writes."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from datong.kernel.tx import Tx

Value = TypeVar("Value")
MAX_AGE_SECONDS = 2.0


class Reference(Generic[Value]):
    """One process's copy of a reference table, at most two seconds behind the database."""

    def __init__(self, read: Callable[[Tx], Awaitable[Value]], max_age: float = MAX_AGE_SECONDS) -> None:
        self._read = read
        self._max_age = max_age
        self._kept: Value | None = None
        self._read_at = 0.0
        self._source: object = None

    async def get(self, tx: Tx) -> Value:
        """The copy, read again when it is too old or came from another database."""
        if self._kept is None or self._source is not tx.source or time.monotonic() - self._read_at > self._max_age:
            kept = await self._read(tx)
            self._kept, self._source, self._read_at = kept, tx.source, time.monotonic()
            return kept
        return self._kept

    def forget(self) -> None:
        """Read again at the next look, because this process has just changed it."""
        self._kept = None
