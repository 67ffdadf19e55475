"""What the benches stand on: a durable embedded database of their own, many goods, many shoppers, and pgbench beside it."""

import asyncio
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from datong.commerce import catalog, inventory
from datong.kernel.ids import bucket_of
from datong.migrating import migrate
from datong.postgres import Postgres
from datong.supervising import make_database
from tests.make import Shop, Town, open_town

Goods = tuple[int, int]
"""A product and its one SKU."""
PRICE = 1_000


@asynccontextmanager
async def bench_town(pool_size: int = 24) -> AsyncIterator[tuple[Postgres, Town]]:
    """A town on a database that is as durable as in real life."""
    folder = Path(tempfile.mkdtemp(prefix="datong-bench-"))
    server = Postgres(folder)
    server.start()
    try:
        await make_database(server)
        await migrate(server.dsn())
        async with open_town(server.dsn(), pool_size) as town:
            yield server, town
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def stock_shop(town: Town, shop: Shop, count: int, stock: int) -> list[Goods]:
    """Publish that many products of one SKU each, with stock."""
    made: list[Goods] = []
    async with town.db.read() as tx:
        to = await catalog.get_publishing(tx, shop.id, [town.category_id])
    for start in range(0, count, 500):
        drafts = [
            catalog.ProductDraft(f"B{number}", town.category_id, {"en": f"Goods {number}"}, [catalog.SkuDraft(PRICE)])
            for number in range(start, min(start + 500, count))
        ]
        async with town.db.begin(bucket_of(shop.id)) as tx:
            rows = await catalog.publish_batch(tx, shop.owner, to, {}, drafts)
        made += [(row.product_id, next(iter(row.sku_ids.values()))) for row in rows]
    by_bucket: dict[int, list[tuple[int, int, int]]] = {}
    for product_id, sku_id in made:
        by_bucket.setdefault(bucket_of(sku_id), []).append((sku_id, product_id, stock))
    for bucket, lines in by_bucket.items():
        async with town.db.begin(bucket) as tx:
            await inventory.put_stock(tx, shop.owner, shop.id, lines)
    await town.deliver()
    return made


async def pgbench_orders(server: Postgres, clients: int, seconds: int, skus: int) -> float:
    """Orders a second of the smallest SQL that does the job: one statement takes stock and writes an order."""
    program = shutil.which("pgbench")
    if program is None:
        print("pgbench is not installed: no ratio", file=sys.stderr)
        return 0.0
    connection = await asyncpg.connect(server.dsn())
    await connection.execute(
        f"""
        drop table if exists bench_order, bench_stock;
        create table bench_stock (sku int primary key, on_hand int not null check (on_hand >= 0));
        create table bench_order (order_id bigint generated always as identity primary key, sku int not null,
            buyer bigint not null, amount bigint not null, placed_at timestamptz not null);
        insert into bench_stock select n, 100000000 from generate_series(1, {skus}) n;
        """
    )
    await connection.close()
    script = server.folder / "order.sql"
    script.write_text(
        f"\\set sku random(1, {skus})\n"
        "with s as (update bench_stock set on_hand = on_hand - 1 where sku = :sku and on_hand > 0 returning sku) "
        "insert into bench_order (sku, buyer, amount, placed_at) select sku, 1, 1000, now() from s;\n"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [program, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", str(script),
         "-h", str(server.run), "-U", "datong", "datong"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    return float(found[1]) if found else 0.0


def cpu_seconds() -> float:
    """CPU time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def show(title: str, rows: list[tuple[str, object]], *, as_json: bool) -> None:
    """A table, and with `--json` one JSON line last."""
    print(title)
    for name, value in rows:
        print(f"  {name:<28} {value:.3f}" if isinstance(value, float) else f"  {name:<28} {value}")
    if as_json:
        print(json.dumps({name: round(value, 4) if isinstance(value, float) else value for name, value in rows}))
