"""The engine in a folder.

Tantivy indexes beside the data, one process writing, all processes of the machine reading.
"""

import asyncio
import re
import shutil
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from datong.adapters.engine import (
    Among,
    Ask,
    Best,
    Count,
    Document,
    EngineDown,
    Fields,
    Found,
    Hit,
    Node,
    OnHits,
    Phrase,
    Range,
    Word,
)
from datong.adapters.engine.facet_counts import aggregation, counted

HEAP_BYTES = 64_000_000
LOOK_SECONDS = 0.1
"""How long a reader goes on with what it has before it looks whether something new was written."""
EXACT_RESULTS = 10_000
SLICES = 32
SAMPLE = 4_000
"""Of more results than that, about so many are counted and the counts are multiplied: as many slices as it takes."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


class _Opened:
    """An index as this process reads it, and writes it if it does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = tantivy.Index.open(str(path))
        self.index.config_reader("manual")
        self.schema = self.index.schema
        self.writer: tantivy.IndexWriter | None = None
        self._seen = 0
        self._looked_at = 0.0
        self._lock = threading.Lock()
        self._searcher = self.index.searcher()

    def searcher(self) -> tantivy.Searcher:
        """What is in the index; at most a tenth of a second behind what was committed."""
        now = time.monotonic()
        if now - self._looked_at > LOOK_SECONDS:
            with self._lock:
                self._looked_at = now  # first: whoever writes from here on is seen by the next one
                changed = (self.path / "meta.json").stat().st_mtime_ns
                if changed != self._seen:
                    self.index.reload()
                    self._searcher, self._seen = self.index.searcher(), changed
        return self._searcher

    def look_again(self) -> None:
        """This process has written: its next reader sees it."""
        self._looked_at = 0.0


class FolderEngine:
    """Indexes as folders in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, _Opened] = {}
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="search")
        self._writing = threading.Lock()

    async def make(self, index: str, fields: Fields) -> None:
        """Make an empty index."""
        await self._run(self._make, index, fields)

    def _make(self, index: str, fields: Fields) -> None:
        path = self._path(index)
        if path.is_dir():
            with suppress(ValueError):  # what cannot be opened is made anew
                tantivy.Index.open(str(path))
                return
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", indexed=True, fast=True)
        builder.add_text_field("_slice", tokenizer_name="raw", index_option="basic")
        builder.add_bytes_field("_body", stored=True)
        for name, kind in fields.items():
            if kind == "number":
                builder.add_integer_field(name, indexed=True, fast=True)
            else:
                is_code = kind == "code"
                option = "position" if kind == "words" else "basic"
                tokenizer = "raw" if is_code else "whitespace"
                builder.add_text_field(name, fast=is_code, tokenizer_name=tokenizer, index_option=option)
        tantivy.Index(builder.build(), path=str(path))

    async def has(self, index: str) -> bool:
        """Whether an index can be read."""
        try:
            await self._run(self._open, index)
        except EngineDown:
            return False
        return True

    async def put(self, index: str, documents: Sequence[Document], gone: Sequence[int] = ()) -> None:
        """Put documents and take others out."""
        await self._run(self._put, index, documents, gone)

    def _put(self, index: str, documents: Sequence[Document], gone: Sequence[int]) -> None:
        opened = self._open(index)
        with self._writing:
            writer = opened.writer = opened.writer or opened.index.writer(HEAP_BYTES, 1)
            try:
                for each in gone:
                    writer.delete_documents_by_term("id", each)
                for document in documents:
                    writer.delete_documents_by_term("id", document.id)
                    writer.add_document(_made(document, opened.schema))
                writer.commit()
                opened.look_again()
            except BaseException:
                # A disk that was full is not for ever: what was not committed is gone, the next try begins anew.
                opened.writer = None
                raise

    async def find(self, index: str, ask: Ask, on_hits: OnHits | None = None) -> Found:
        """What matches; it is counted after the hits were handed on, while they are looked at."""
        loop = asyncio.get_running_loop()

        def hand_on(found: Found) -> None:
            if on_hits and ask.counts:
                loop.call_soon_threadsafe(on_hits, found)

        found: Found = await self._run(self._find, index, ask, hand_on)
        return found

    def _find(self, index: str, ask: Ask, hand_on: OnHits) -> Found:
        opened = self._open(index)
        searcher, schema = opened.searcher(), opened.schema
        query = compile_node(ask.query, schema, is_scored=bool(ask.limit) and not ask.order)
        counted = compile_node(ask.matching or ask.query, schema, is_scored=False) if ask.counts else query
        order = tantivy.Order.Asc if ask.is_rising else tantivy.Order.Desc
        result = searcher.search(query, max(ask.limit, 1), True, ask.order or None, ask.offset, order)
        total = int(result.count)  # type: ignore[attr-defined]  # there, though the stubs do not say so
        hits = [Hit(float(score), searcher.doc(at)["_body"][0]) for score, at in result.hits] if ask.limit else []
        hand_on(Found(total, hits))
        slices = SLICES
        if total > EXACT_RESULTS and ask.counts:
            slices = max(1, SLICES * SAMPLE // total)
        counts = self._count(searcher, schema, ask, counted, slices)
        return Found(total, hits, counts, slices < SLICES)

    @staticmethod
    def _count(
        searcher: tantivy.Searcher, schema: tantivy.Schema, ask: Ask, query: Query, slices: int
    ) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        groups: dict[Node | None, list[Count]] = {}
        for each in ask.counts:
            groups.setdefault(each.query, []).append(each)
        for own, counts in groups.items():
            asked = query if own is None else compile_node(own, schema, is_scored=False)
            if slices < SLICES:
                sample = Query.term_set_query(schema, "_slice", [str(each) for each in range(slices)])
                asked = Query.boolean_query([(Occur.Must, sample), (Occur.Must, asked)])
            answer = searcher.aggregate(asked, {each.name: aggregation(each) for each in counts})
            found |= {each.name: counted(each, answer, SLICES / slices) for each in counts}
        return found

    async def frequency(self, index: str, field: str, words: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many documents there are, and how many have each word."""

        def look() -> tuple[int, dict[str, int]]:
            searcher = self._open(index).searcher()
            return searcher.num_docs, {word: searcher.doc_freq(field, word) for word in words}

        known: tuple[int, dict[str, int]] = await self._run(look)
        return known

    async def drop(self, index: str) -> None:
        """Forget an index."""

        def forget() -> None:
            with self._writing:
                self._opened.pop(index, None)
                shutil.rmtree(self._path(index), ignore_errors=True)

        await self._run(forget)

    async def let_go(self) -> None:
        """Leave the writing to another process: the library lets one at a time."""
        for opened in self._opened.values():
            opened.writer = None

    async def close(self) -> None:
        """Let go of the folders."""
        self._opened.clear()
        self._threads.shutdown(wait=True)

    def _path(self, index: str) -> Path:
        if not NAME.fullmatch(index):
            raise ValueError(index)
        return self._folder / index

    def _open(self, index: str) -> _Opened:
        opened = self._opened.get(index)
        if opened is None:
            opened = self._opened[index] = _Opened(self._path(index))
        return opened

    async def _run(self, act: Any, *args: object) -> Any:  # noqa: ANN401 - answers what `act` answers
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, act, *args)
        except (OSError, ValueError, RuntimeError) as error:
            # The library's own errors are ValueErrors: no such index, a broken file, a lock that another process holds.
            raise EngineDown(f"{type(error).__name__}: {error}"[:200]) from None


def _made(document: Document, schema: tantivy.Schema) -> tantivy.Document:
    body: dict[str, Any] = {"id": document.id, "_slice": str((document.id >> 12) % SLICES), "_body": document.body}
    body |= {name: list(values) for name, values in document.codes.items()}
    return tantivy.Document.from_dict(body | dict(document.words) | dict(document.numbers), schema)


def compile_node(  # noqa: PLR0911 - one for each kind of node
    node: Node, schema: tantivy.Schema, *, is_scored: bool = True
) -> Query:
    """A tree as the library's query; what only scores is left out where nothing is scored."""
    if isinstance(node, Word):
        query = Query.term_query(schema, node.field, node.word)
        return _weighed(query, node.weight, is_scored=is_scored)
    if isinstance(node, Phrase):
        if len(node.words) == 1:
            return compile_node(Word(node.field, node.words[0], node.weight), schema, is_scored=is_scored)
        return _weighed(Query.phrase_query(schema, node.field, list(node.words)), node.weight, is_scored=is_scored)
    if isinstance(node, Among):
        return Query.const_score_query(Query.term_set_query(schema, node.field, list(node.values)), 0)
    if isinstance(node, Range):
        bounds = Query.range_query(schema, node.field, FieldType.Integer, node.least, node.most)
        return Query.const_score_query(bounds, 0)
    if isinstance(node, Best):
        any_of = [compile_node(part, schema, is_scored=is_scored) for part in node.parts]
        if is_scored:
            return Query.disjunction_max_query(any_of, node.rest)
        return Query.boolean_query([(Occur.Should, part) for part in any_of])
    parts = [(Occur.Must, compile_node(part, schema, is_scored=is_scored)) for part in node.must]
    parts = parts or [(Occur.Must, Query.all_query())]
    if is_scored:
        parts += [(Occur.Should, compile_node(part, schema)) for part in node.should]
    parts += [(Occur.MustNot, compile_node(part, schema, is_scored=False)) for part in node.must_not]
    return Query.boolean_query(parts)


def _weighed(query: Query, weight: float, *, is_scored: bool) -> Query:
    if not is_scored or weight == 1:
        return query
    return Query.boost_query(query, weight) if weight else Query.const_score_query(query, 0)
