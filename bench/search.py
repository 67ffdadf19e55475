"""Search: how good results are on graded queries, how fast they come, how an index of a million is built and served.

`python -m bench.search [--json] [--products 1000000] [--rounds 5]`. The goods are real ones beside the project
(`../shared/data/icecat_search`): imported, indexed by the feeder and searched as in life, with facets. Then rows are
copied inside the database and the index is built anew beside the same searches.
"""

import argparse
import asyncio
import csv
import math
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import uvloop

from bench.growth import copy_rows, moved
from bench.town import bench_town, percentile, show
from datong.adapters.engine import Ask, Best, Match, Word
from datong.importers.catalog_file import import_goods
from datong.kernel.actor import SYSTEM
from datong.kernel.gc_tuning import freeze_gc
from datong.platform.search import (
    Chosen,
    Feeder,
    Results,
    find_products,
    list_indexes,
    read_query,
    read_query_later,
    rebuild,
)
from datong.platform.search.documents import read_listing
from datong.platform.search.recall import WEIGHTS
from datong.runtime.postgres import Postgres
from tests.make import Town

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "icecat_search"
DEPTH = 10
SERVED_TOGETHER = 4
Judged = dict[str, dict[str, int]]


def read_judged(path: Path) -> Judged:
    """Grades by query and the goods' own number."""
    found: Judged = defaultdict(dict)
    with path.open() as file:
        for row in csv.DictReader(file):
            found[row["query"]][row["docid"]] = int(row["rating"])
    return found


def ndcg(grades: list[int], judged: list[int]) -> float:
    """Linear gain at the depth; unjudged results have grade 0."""
    best = _dcg(sorted(judged, reverse=True)[:DEPTH])
    return _dcg(grades[:DEPTH]) / best if best else 0.0


def _dcg(grades: list[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


async def find(town: Town, text: str) -> Results:
    """One search, with facets, as the page asks it."""
    return await find_products(town.db, town.adapters.engine, read_query(text), Chosen())


async def quality(town: Town, judged: Judged, numbers: dict[int, str], *, verbose: bool) -> float:
    """The mean over the queries that have a relevant product."""
    scores: list[float] = []
    for text, grades in judged.items():
        if any(grades.values()):
            found = await find(town, text)
            shown = [numbers[each.listing.product_id] for each in found.ranked]
            scores.append(ndcg([grades.get(each, 0) for each in shown], list(grades.values())))
            if verbose:
                print(f"{scores[-1]:.2f} {text}", [grades.get(each, "?") for each in shown[:DEPTH]])
    return sum(scores) / len(scores)


async def plain(town: Town, index: str, judged: Judged, numbers: dict[int, str]) -> float:
    """The reference: the engine's own BM25 over the same fields with all words required, and nothing else."""
    scores: list[float] = []
    for text, grades in judged.items():
        if any(grades.values()):
            words = [Best(tuple(Word(field, word) for field in WEIGHTS)) for word in read_query(text).words]
            found = await town.adapters.engine.find(index, Ask(Match(tuple(words)), limit=DEPTH))
            shown = [numbers[read_listing(each.body).product_id] for each in found.hits]
            scores.append(ndcg([grades.get(each, 0) for each in shown], list(grades.values())))
    return sum(scores) / len(scores)


async def waits_of(town: Town, queries: list[str], rounds: int) -> list[float]:
    """Milliseconds of each search, one after the other."""
    waits: list[float] = []
    for _ in range(rounds):
        for text in queries:
            started = time.perf_counter()
            await find(town, text)
            waits.append((time.perf_counter() - started) * 1000)
    return waits


async def served(town: Town, queries: list[str], rounds: int) -> float:
    """Searches a second of this process, several at a time."""
    started = time.perf_counter()
    await asyncio.gather(*(waits_of(town, queries[turn::SERVED_TOGETHER], rounds) for turn in range(SERVED_TOGETHER)))
    return len(queries) * rounds / (time.perf_counter() - started)


@contextmanager
def worker_of(server: Postgres, town: Town) -> Iterator[None]:
    """A worker in a process of its own, as in life."""
    environment = {
        **os.environ, "DATABASE_URL": server.dsn(), "DATONG_DATA_DIR": str(town.settings.data_dir),
        "DATONG_SECRET": "bench",
    }  # fmt: skip
    command = [sys.executable, "-m", "datong.cli", "worker"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as worker:  # noqa: S603 - our own
        try:
            yield
        finally:
            worker.terminate()


async def findable(town: Town, count: int = 20) -> list[float]:
    """Milliseconds from publishing to being found, one after the other; the first ones wait for the worker's lease."""
    shop = await town.shop()
    waits: list[float] = []
    for number in range(count + 1):
        goods = await shop.product(title=f"Findable thing {number}")
        started = time.perf_counter()
        while goods.product_id not in await newest(town):  # noqa: ASYNC110 - another process puts it there
            await asyncio.sleep(0.01)
        waits.append((time.perf_counter() - started) * 1000)
    return waits[1:]


async def newest(town: Town) -> set[int]:
    """The newest of the things that are waited for."""
    found = await find_products(town.db, town.adapters.engine, read_query("findable thing"), Chosen(), "newest")
    return {each.listing.product_id for each in found.ranked}


def megabytes(town: Town) -> float:
    """All indexes on the disk; a merge may take a file away while it is counted."""
    total = 0
    for path in (town.settings.data_dir / "search").rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total / 1e6


async def multiply(dsn: str, products: int) -> int:
    """Copies of all goods until there are so many, each with a word of its own in its title."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("create table first_product as select * from product")
        await connection.execute("create table first_sku as select * from sku")
        each = await connection.fetchval("select count(*) from first_product")
        last = math.ceil(products / each) - 1
        if last:
            own = "titles := jsonb_build_object('en', (t.titles->>'en') || ' v' || n)"
            ids = f"product_id := {moved('t.product_id')}"
            await copy_rows(
                connection, "product", f"{ids}; outer_id := n || '-' || t.outer_id; {own}", 1, last, "first_product"
            )
            await copy_rows(connection, "sku", f"{ids}; sku_id := {moved('t.sku_id')}", 1, last, "first_sku")
        await connection.execute("vacuum analyze product, sku")
        return int(await connection.fetchval("select count(*) from product"))
    finally:
        await connection.close()


async def rebuild_beside(town: Town, queries: list[str]) -> tuple[float, list[float], list[float]]:
    """How long building anew takes; how long searches took meanwhile, and how long what was published was not found."""
    async with town.db.begin() as tx:
        await rebuild(tx, SYSTEM)
    started = time.perf_counter()
    waits: list[float] = []
    published: list[float] = []
    while await is_building(town):
        for text in queries:
            waits += await waits_of(town, [text], 1)
            await asyncio.sleep(0.05)
        published += await findable(town, 1)
    return time.perf_counter() - started, waits, published


async def is_building(town: Town) -> bool:
    """Whether an index is being made."""
    async with town.db.read() as tx:
        return any(each.state == "building" for each in await list_indexes(tx))


async def main(products: int, rounds: int, judged: Judged, *, as_json: bool, verbose: bool) -> None:
    """Import, index, judge, time; then the same with many."""
    queries = [*judged]
    async with bench_town() as (server, town):
        await import_goods(town.db, DATA / "products.jsonl.gz", None, None, 0)
        await town.deliver()
        started = time.perf_counter()
        await Feeder(town.db, town.adapters.engine).feed_all()
        index_seconds = time.perf_counter() - started
        async with town.db.read() as tx:
            index = read_query_later(await list_indexes(tx))
        assert index
        connection = await asyncpg.connect(server.dsn())
        numbers = {row[0]: row[1] for row in await connection.fetch("select product_id, outer_id from product")}
        await connection.close()
        rows: list[tuple[str, object]] = [
            ("products", index.products),
            ("index_seconds", index_seconds),
            ("index_mb", megabytes(town)),
            ("ndcg_at_10", await quality(town, judged, numbers, verbose=verbose)),
            ("plain_ndcg_at_10", await plain(town, index.name, judged, numbers)),
        ]
        freeze_gc()
        waits = await waits_of(town, queries, rounds)
        rows += [("p50_ms", percentile(waits, 0.5)), ("p99_ms", percentile(waits, 0.99))]
        rows.append(("a_second", await served(town, queries, rounds)))
        if products:
            await town.adapters.engine.let_go()
            with worker_of(server, town):
                rows += await many(server, town, queries, products, rounds)
        show("Search with facets in one process", rows, as_json=as_json)


async def many(
    server: Postgres, town: Town, queries: list[str], products: int, rounds: int
) -> list[tuple[str, object]]:
    """What is published while few are there; then copies, the index built anew beside searches, and these once more."""
    waits = await findable(town)
    rows: list[tuple[str, object]] = [
        ("findable_p50_ms", percentile(waits, 0.5)),
        ("findable_max_ms", max(waits)),
        ("many_products", await multiply(server.dsn(), products)),
    ]
    seconds, beside, published = await rebuild_beside(town, queries)
    freeze_gc()
    waits = await waits_of(town, queries, rounds)
    return [
        *rows,
        ("many_index_seconds", seconds),
        ("beside_p50_ms", percentile(beside, 0.5)),
        ("beside_p99_ms", percentile(beside, 0.99)),
        ("beside_findable_max_ms", max(published)),
        ("many_index_mb", megabytes(town)),
        ("many_p50_ms", percentile(waits, 0.5)),
        ("many_p99_ms", percentile(waits, 0.99)),
        ("many_max_ms", max(waits)),
        ("many_a_second", await served(town, queries, rounds)),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--products", type=int, default=1_000_000, help="how many to copy the goods to; 0: do not")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--judged", type=Path, default=DATA / "qrels_dev.csv", help="query,docid,rating")
    parser.add_argument("--verbose", action="store_true", help="each query with the grades of its results")
    asked = parser.parse_args()
    if not DATA.exists():
        print(f"skipped: there are no goods at {DATA}")
        sys.exit(0)
    uvloop.run(main(asked.products, asked.rounds, read_judged(asked.judged), as_json=asked.json, verbose=asked.verbose))
