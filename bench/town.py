"""What the benches stand on.

A durable embedded database of their own, many goods, many shoppers, and pgbench beside it.
"""

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

from datong.commerce import catalog, inventory, member
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.runtime.migrate import migrate
from datong.runtime.postgres import Postgres
from datong.runtime.supervisor import make_database
from datong.wiring import find_house
from tests.make import Shop, Shopper, Town, open_town

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
        await migrate(server.dsn(), find_house())
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


SMALLEST = (
    "with s as (update bench_stock set on_hand = on_hand - 1 where sku = :sku and on_hand > 0 returning sku) "
    "insert into bench_order (sku, buyer, amount, placed_at) select sku, 1, 1000, now() from s;\n"
)
"""Takes a unit of stock and writes one narrow row."""
SAME_ORDER = (
    "with s as (update stock set held = held + 1 where bkt = :bkt and sku_id = :sku and on_hand - held >= 1 "
    "returning sku_id), h as (insert into hold (bkt, hold_id, sku_id, quantity, state, expires_at, changed_at) "
    "select :bkt, :id, sku_id, 1, 'HELD', now(), now() from s), "
    "p as (insert into purchase select :buyer, :id, 1, :id, 'CNY', 1000, 1, now() from s), "
    "o as (insert into shop_order (bkt, order_id, purchase_id, member_id, shop_id, storefront_id, hold_id, state, "
    "version, "
    "currency, goods, freight, payable, commission, rules_version, shop_names, address, note, placed_at, due_at) "
    "select :buyer, :id, :id, 1, 1, 1, :id, 'WAIT_BUYER_PAY', 1, 'CNY', 1000, 0, 1000, 0, 1, "
    '\'{"en": "Shop"}\', \'{"city": "Shanghai"}\', \'\', now(), now() from s), '
    "l as (insert into order_line (bkt, line_id, order_id, sku_id, product_id, product_version, category_id, titles, "
    "labels, picture, quantity, unit_price, goods, payable, cuts, commission_bps, commission) "
    "select :buyer, :id, :id, sku_id, 1, 1, 1, '{\"en\": \"Goods\"}', '{}', '', 1, 1000, 1000, 1000, '[]', 0, 0 from "
    "s) "
    "insert into fact_outbox (bkt, fact_id, owner_id, kind, body, told_at) "
    "select :buyer, :id, :id, 'BenchOrder', '{\"orders\": []}', now() from s;\n"
)
"""The same order as ours in one statement, in our own tables: stock, hold, purchase, order, line, fact."""


async def make_buyers(town: Town, count: int) -> list[Shopper]:
    """Buyers with an address but without a log-in, which in-process placing does not need."""
    ids = await town.db.ids()
    made: list[Shopper] = []
    for number in range(count):
        actor = Actor(ids.new(number * 7 % 4096), "member")
        async with town.db.begin(actor.bucket) as tx:
            draft = member.AddressDraft("Li Lei", "13800000000", "31", "Shanghai", "1 Nanjing Road")
            made.append(Shopper(town, actor, await member.add_address(tx, actor, draft)))
    return made


async def pgbench_orders(server: Postgres, clients: int, seconds: int, goods: list[Goods]) -> tuple[float, float]:
    """Orders a second of one statement each: the same order as ours, and the smallest that could be called one.

    It runs in a copy of this database, so that its orders are not ours.
    """
    if shutil.which("pgbench") is None:
        print("pgbench is not installed: no ratio", file=sys.stderr)
        return 0.0, 0.0
    connection = await asyncpg.connect(server.dsn("postgres"))
    await connection.execute("drop database if exists reference")
    await connection.execute("create database reference template template0")
    await connection.close()
    await migrate(server.dsn("reference"), find_house())
    connection = await asyncpg.connect(server.dsn("reference"))
    await connection.execute(
        f"""
        create table bench_stock (sku int primary key, on_hand int not null check (on_hand >= 0));
        create table bench_order (order_id bigint generated always as identity primary key, sku int not null,
            buyer bigint not null, amount bigint not null, placed_at timestamptz not null);
        insert into bench_stock select n, 100000000 from generate_series(1, {len(goods)}) n;
        insert into stock (bkt, sku_id, product_id, shop_id, received, on_hand)
            select n & 4095, n, 1, 1, 100000000, 100000000 from generate_series(1, {len(goods)}) n;
        """
    )
    await connection.close()
    head = f"\\set sku random(1, {len(goods)})\n"
    ids = "\\set bkt :sku & 4095\n\\set buyer random(0, 4095)\n\\set id random(1, 9000000000000000000)\n"
    rates = [
        await asyncio.to_thread(_run_pgbench, server, script, clients, seconds)
        for script in (head + ids + SAME_ORDER, head + SMALLEST)
    ]
    return rates[0], rates[1]


def _run_pgbench(server: Postgres, script: str, clients: int, seconds: int) -> float:
    path = server.folder / "order.sql"
    path.write_text(script)
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", str(path)]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, "-h", str(server.run), "-U", "datong", "reference"], capture_output=True, text=True, check=False
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if not found:
        raise RuntimeError(done.stderr)
    return float(found[1])


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
