"""Feeding: the one writer puts what changed into every index that is in use or being made, and builds the next one."""

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from datong.adapters.engine import Document, Engine, EngineDown
from datong.commerce import catalog
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Db
from datong.platform.search import index_builds
from datong.platform.search.dirty_queue import list_marked, unmark
from datong.platform.search.document_builder import build_documents
from datong.platform.search.documents import FIELDS, SCHEMA, Entry, document_of
from datong.platform.search.index_builds import READERS_NOTICE, IndexState
from datong.platform.search.vocabulary import Vocabulary

log = logging.getLogger("datong.search")
BATCH = 500
RENEW = timedelta(seconds=1)
BUILD_BATCH = 1000
BUILD_SECONDS = 0.5
"""How long a build goes on before what changed meanwhile has its turn."""
NOTED = 10_000
"""After so many products it is noted how far a build came; whoever comes after a crash goes on from there."""


class _Build:
    """A build in this process, ahead of what is noted of it."""

    def __init__(self, state: IndexState) -> None:
        self.name = state.name
        self.after = catalog.Place(state.after_bkt, state.after_id)
        self.lengths = dict(state.lengths)
        self.vocabulary = Vocabulary()
        self.passed = self.added = 0

    def has(self, product_id: int) -> bool:
        """Whether it has come past a product; what it has not come to it will read as it is then."""
        return (bucket_of(product_id), product_id) <= (self.after.bkt, self.after.product_id)

    def take(self, places: Sequence[catalog.Place], entries: Sequence[Entry]) -> list[Document]:
        """The next products as documents."""
        documents = [document_of(each) for each in entries]
        self.vocabulary.learn(entries)
        for document in documents:
            for field, words in document.words.items():
                self.lengths[field] = self.lengths.get(field, 0) + words.count(" ") + bool(words)
        self.passed += len(places)
        self.added += len(documents)
        return documents


class Feeder:
    """One process's feeder; only the one that holds the lease writes."""

    def __init__(self, db: Db, engine: Engine, holder: str = "") -> None:
        self._db, self._engine = db, engine
        self._holder = holder or secrets.token_hex(8)
        self._held_until: datetime | None = None
        self._building: _Build | None = None

    @property
    def is_building(self) -> bool:
        """Whether it is in the middle of a build."""
        return self._building is not None

    async def feed(self) -> int:
        """One turn; answers how many products were put into an index or taken out."""
        if not await self._holds_lease():
            self._building = None
            return 0
        try:
            states = await self._prepare()
            fed = await self._feed_marked([each.name for each in states if each.state != "building"])
            if self._building is not None:
                fed += await self._go_on(self._building)
        except EngineDown as error:
            self._building = None
            log.warning("the search engine did not take what changed; it is tried again", extra={"error": str(error)})
            return 0
        except BaseException:
            self._building = None  # it goes on from what is noted
            raise
        return fed

    async def _holds_lease(self) -> bool:
        """Whether this one writes; asked again long before the lease ends."""
        now = self._db.now()
        if self._held_until is None or not now <= self._held_until <= now + RENEW:
            is_mine = await index_builds.take_lease(self._db, self._holder)
            self._held_until = now + RENEW if is_mine else None
            if not is_mine:
                await self._engine.let_go()
        return self._held_until is not None

    async def feed_all(self) -> int:
        """Turns until nothing is left to do (tests, imports, benches)."""
        total = 0
        while True:
            fed = await self.feed()
            async with self._db.read() as tx:
                states = await index_builds.list_indexes(tx)
                is_done = not await list_marked(tx, 1) and all(each.state != "building" for each in states)
            total += fed
            if is_done and states:
                return total

    async def _prepare(self) -> list[IndexState]:
        """The indexes to write: what is lost or of another schema is made anew, what is old is forgotten."""
        async with self._db.read() as tx:
            states = await index_builds.list_indexes(tx)
        live: list[IndexState] = []
        for each in states:
            if each.state == "retired":
                await self._forget(each)
            elif each.state == "building" and each.after_bkt < 0 and self._building is None:
                await self._engine.make(each.name, FIELDS)
                live.append(each)
            elif await self._engine.has(each.name):
                live.append(each)
            else:
                log.warning("an index is lost; another one is built", extra={"index": each.name})
                async with self._db.begin() as tx:
                    await index_builds.give_up(tx, each.name)
        is_short = not any(each.state == "current" and each.schema == SCHEMA for each in live)
        if is_short and not any(each.state == "building" for each in live):
            async with self._db.begin() as tx:
                await index_builds.begin_build(tx)
            return await self._prepare()
        states = [each for each in live if each.state == "building"]
        if not states:
            self._building = None
        elif self._building is None or self._building.name != states[0].name:
            self._building = _Build(states[0])
        return live

    async def _forget(self, state: IndexState) -> None:
        if state.done_at is not None and state.done_at + READERS_NOTICE > self._db.now():
            return
        await self._engine.drop(state.name)
        async with self._db.begin() as tx:
            await tx.run(index_builds.FORGET, state.name)

    async def _feed_marked(self, indexes: Sequence[str]) -> int:
        fed, vocabulary = 0, Vocabulary()
        while True:
            async with self._db.read() as tx:
                marked = await list_marked(tx, BATCH)
                wanted = [each.product_id for each in marked if indexes or self._has(each.product_id)]
                gathered = await build_documents(tx, wanted) if wanted else None
            if gathered is not None:
                documents = await asyncio.to_thread(_documents, gathered.entries)
                for name in indexes:
                    await self._engine.put(name, documents, gathered.gone)
                await self._put_into_build(documents, gathered.gone)
                vocabulary.learn([each for each in gathered.entries if each.product_id in gathered.new])
            await unmark(self._db, marked)
            fed += len(marked)
            if len(marked) < BATCH:
                await vocabulary.keep(self._db)
                return fed

    def _has(self, product_id: int) -> bool:
        return self._building is not None and self._building.has(product_id)

    async def _put_into_build(self, documents: Sequence[Document], gone: Sequence[int]) -> None:
        """What changed goes into the index being built, as far as it has come."""
        mine, gone = [each for each in documents if self._has(each.id)], [each for each in gone if self._has(each)]
        if self._building is not None and (mine or gone):
            await self._engine.put(self._building.name, mine, gone)

    async def _go_on(self, build: _Build) -> int:
        """Go on with a build for half a second; the last step swaps it in."""
        built, until = 0, time.monotonic() + BUILD_SECONDS
        while True:
            async with self._db.read() as tx:
                places = await catalog.list_places(tx, build.after, BUILD_BATCH)
                gathered = await build_documents(tx, [each.product_id for each in places])
            documents = await asyncio.to_thread(build.take, places, gathered.entries)
            if documents:
                await self._engine.put(build.name, documents)
            build.after = places[-1] if places else build.after
            built += len(places)
            is_last = len(places) < BUILD_BATCH
            if is_last or build.passed >= NOTED:
                await self._note(build, is_last=is_last)
            if is_last or time.monotonic() > until:
                return built

    async def _note(self, build: _Build, *, is_last: bool) -> None:
        """Keep how far it came; when it is done, it takes the place of the one in use."""
        await build.vocabulary.keep(self._db)
        async with self._db.begin() as tx:
            after = max(build.after.bkt, 0), build.after.product_id
            await index_builds.note_step(tx, build.name, after, build.added, build.lengths)
            if is_last:
                await index_builds.swap(tx, build.name)
        build.passed = build.added = 0
        if is_last:
            self._building = None


def _documents(entries: Sequence[Entry]) -> list[Document]:
    return [document_of(each) for each in entries]
