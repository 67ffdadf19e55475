"""The bell of conversations: whoever looks at one, in whichever process, hears that something was said.

It only rings: what was said is read from the database, so a ring that is lost costs a few seconds and nothing else.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from datong.kernel.tx import Db

CHANNEL = "datong_talk"


class Bell:
    """One process's end of it."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._hearing: dict[str, set[asyncio.Event]] = {}
        self._started: asyncio.Task[None] | None = None

    async def ring(self, chat_id: int) -> None:
        """Something has changed in a conversation: tell whoever looks at it, in every process."""
        await self._db.say(CHANNEL, str(chat_id))

    @asynccontextmanager
    async def hear(self, chat_id: int) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the bell rings for a conversation."""
        if self._started is None:
            self._started = asyncio.create_task(self._db.hear(CHANNEL, self._told))
        await self._started
        event, key = asyncio.Event(), str(chat_id)
        self._hearing.setdefault(key, set()).add(event)
        try:
            yield event
        finally:
            self._hearing[key].discard(event)
            if not self._hearing[key]:
                del self._hearing[key]

    def _told(self, key: str) -> None:
        for event in self._hearing.get(key, ()):
            event.set()


def bell_of(db: Db) -> Bell:
    """The bell of this process."""
    return db.keep("surfaces.bell", lambda: Bell(db))
