"""Feeding: the one writer puts what changed into every index that is in use or being made, and builds the next one."""

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence

from datong.commerce import catalog
from datong.kernel.tx import Db
from datong.platform.search import building
from datong.platform.search.building import READERS_NOTICE, IndexState
from datong.platform.search.entries import FIELDS, SCHEMA, Entry, document_of
from datong.platform.search.gathering import gather
from datong.platform.search.marking import list_marked, unmark
from datong.platform.search.vocabulary import learn_words
from datong.plugs.engine import Document, Engine, EngineDown

log = logging.getLogger("datong.search")
BATCH = 500
RENEW_SECONDS = 3.0
BUILD_SECONDS = 0.5
"""How long a build goes on before what changed meanwhile has its turn."""


class Feeder:
    """One process's feeder; only the one that holds the lease writes."""

    def __init__(self, db: Db, engine: Engine, holder: str = "") -> None:
        self._db, self._engine = db, engine
        self._holder = holder or secrets.token_hex(8)
        self._held_until = 0.0

    async def feed(self) -> int:
        """One turn; answers how many products were put into an index or taken out."""
        if not await self._holds_lease():
            return 0
        try:
            states = await self._prepare()
            fed = await self._feed_marked([each.name for each in states])
            for state in states:
                if state.state == "building":
                    fed += await self._build(state)
        except EngineDown as error:
            log.warning("the search engine did not take what changed; it is tried again", extra={"error": str(error)})
            return 0
        return fed

    async def _holds_lease(self) -> bool:
        """Whether this one writes; asked again long before the lease ends."""
        now = time.monotonic()
        if now > self._held_until:
            is_mine = await building.take_lease(self._db, self._holder)
            self._held_until = now + RENEW_SECONDS if is_mine else 0.0
            if not is_mine:
                await self._engine.let_go()
        return now < self._held_until

    async def feed_all(self) -> int:
        """Turns until nothing is left to do (tests, imports, benches)."""
        total = 0
        while True:
            fed = await self.feed()
            async with self._db.read() as tx:
                states = await building.list_indexes(tx)
                is_done = not await list_marked(tx, 1) and all(each.state != "building" for each in states)
            total += fed
            if is_done and states:
                return total

    async def _prepare(self) -> list[IndexState]:
        """The indexes to write: what is lost or of another schema is made anew, what is old is forgotten."""
        async with self._db.read() as tx:
            states = await building.list_indexes(tx)
        live: list[IndexState] = []
        for each in states:
            if each.state == "retired":
                await self._forget(each)
            elif each.state == "building" and each.after_bkt < 0:
                await self._engine.make(each.name, FIELDS)
                live.append(each)
            elif await self._engine.has(each.name):
                live.append(each)
            else:
                log.warning("an index is lost; another one is built", extra={"index": each.name})
                async with self._db.begin() as tx:
                    await building.give_up(tx, each.name)
        is_short = not any(each.state == "current" and each.schema == SCHEMA for each in live)
        if is_short and not any(each.state == "building" for each in live):
            async with self._db.begin() as tx:
                await building.begin_build(tx)
            return await self._prepare()
        return live

    async def _forget(self, state: IndexState) -> None:
        if state.done_at is not None and state.done_at + READERS_NOTICE > self._db.now():
            return
        await self._engine.drop(state.name)
        async with self._db.begin() as tx:
            await tx.run(building.FORGET, state.name)

    async def _feed_marked(self, indexes: Sequence[str]) -> int:
        fed = 0
        while True:
            async with self._db.read() as tx:
                marked = await list_marked(tx, BATCH)
                if not marked:
                    return fed
                gathered = await gather(tx, [each.product_id for each in marked])
            documents = await _documents(gathered.entries)
            for name in indexes:
                await self._engine.put(name, documents, gathered.gone)
            await learn_words(self._db, [each for each in gathered.entries if each.product_id in gathered.new])
            await unmark(self._db, marked)
            fed += len(marked)
            if len(marked) < BATCH:
                return fed

    async def _build(self, state: IndexState) -> int:
        """Go on with a build for half a second; the last step swaps it in."""
        after, lengths, built = catalog.Place(state.after_bkt, state.after_id), dict(state.lengths), 0
        until = time.monotonic() + BUILD_SECONDS
        while True:
            async with self._db.read() as tx:
                places = await catalog.list_places(tx, after, BATCH)
                gathered = await gather(tx, [each.product_id for each in places])
            documents = await _documents(gathered.entries)
            if documents:
                await self._engine.put(state.name, documents)
            await learn_words(self._db, gathered.entries)
            for document in documents:
                for field, words in document.words.items():
                    lengths[field] = lengths.get(field, 0) + words.count(" ") + bool(words)
            if places:
                after = places[-1]
            async with self._db.begin() as tx:
                await building.note_step(tx, state, (max(after.bkt, 0), after.product_id), len(documents), lengths)
                if len(places) < BATCH:
                    await building.swap(tx, state.name)
            built += len(places)
            if len(places) < BATCH or time.monotonic() > until:
                return built


async def _documents(entries: Sequence[Entry]) -> list[Document]:
    """Made in a thread: many of them take a while, and the worker has other duties."""
    return await asyncio.to_thread(lambda: [document_of(each) for each in entries])
