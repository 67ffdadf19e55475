"""How pages and placing hold up as the platform grows: products, orders and shops, from small to large.

Rows are copied inside the database, keys and buckets as in life. `python -m bench.growth [--json] [--products 1000000]
[--orders 1000000] [--shops 10000]`.
"""

import argparse
import time
from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import uvloop

from bench.town import PRICE, Goods, bench_town, make_buyers, percentile, show, stock_shop
from datong.app import make_app
from datong.commerce import member, order
from datong.commerce.pricing import LineRequest
from datong.kernel.money import Money
from tests.make import Shop, Shopper, Town

ROUNDS = 60


def moved(column: str) -> str:
    """A copy's id: it keeps the bucket of its template's; the rest of it lies far below the ids made in life."""
    return f"(({column} & 4095) | ((({column} >> 12) - n::bigint * 1000000000) << 12))"


async def copy_rows(
    connection: asyncpg.Connection, table: str, changes: str, first: int, last: int, template: str
) -> None:
    """Copies of a table's template rows, `n` of each from first to last."""
    columns = [row[0] for row in await connection.fetch(
        "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped "
        "and attidentity = '' order by attnum", table
    )]  # fmt: skip
    changed = dict(part.split(" := ") for part in changes.split("; "))
    values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
    await connection.execute(
        f"insert into {table} ({', '.join(columns)}) select {values} "
        f"from {template} t, generate_series({first}, {last}) n"
    )


async def grow(connection: asyncpg.Connection, products: int, orders: int, shops: int) -> None:
    """Bring the tables up to these sizes."""
    have = await connection.fetchval("select count(*) from product")
    if products > have:
        each = await connection.fetchval("select count(*) from first_product")
        start, end = have // each, products // each
        await copy_rows(
            connection,
            "product",
            f"product_id := {moved('t.product_id')}; outer_id := n || t.outer_id",
            start,
            end,
            "first_product",
        )
        await copy_rows(
            connection,
            "sku",
            f"product_id := {moved('t.product_id')}; sku_id := {moved('t.sku_id')}",
            start,
            end,
            "first_sku",
        )
    have = await connection.fetchval("select count(*) from shop_order")
    if orders > have:
        each = await connection.fetchval("select count(*) from first_order")
        start, end = have // each, orders // each
        ids = f"order_id := {moved('t.order_id')}; purchase_id := {moved('t.purchase_id')}"
        await copy_rows(
            connection, "shop_order", ids + "; due_at := null; state := 'TRADE_FINISHED'", start, end, "first_order"
        )
        await copy_rows(
            connection,
            "order_line",
            f"order_id := {moved('t.order_id')}; line_id := {moved('t.line_id')}",
            start,
            end,
            "first_line",
        )
        await copy_rows(connection, "seller_order", ids + "; state := 'TRADE_FINISHED'", start, end, "first_copy")
    have = await connection.fetchval("select count(*) from shop")
    if shops > have:
        await copy_rows(
            connection,
            "shop",
            "shop_id := " + moved("t.shop_id") + "; slug := t.slug || n",
            have,
            shops,
            "first_shop",
        )
    await connection.execute("vacuum analyze")


async def keep_first(connection: asyncpg.Connection) -> None:
    """What copies are made of."""
    for name, table in (("product", "product"), ("sku", "sku"), ("order", "shop_order"), ("line", "order_line"),
                        ("copy", "seller_order")):  # fmt: skip
        await connection.execute(f"create table first_{name} as select * from {table}")
    await connection.execute("create table first_shop as select * from shop limit 1")


async def time_of(act: Callable[[], Awaitable[object]]) -> float:
    """The p50 of an act in ms, after a few rounds to warm up."""
    waits: list[float] = []
    for number in range(ROUNDS + 10):
        started = time.perf_counter()
        await act()
        if number >= 10:
            waits.append(time.perf_counter() - started)
    return percentile(waits, 0.5) * 1000


async def measure(town: Town, shop: Shop, goods: list[Goods], buyers: list[Shopper]) -> dict[str, float]:
    """The p50 of each page and of placing, one caller."""
    app = make_app(town.settings, town.adapters)
    found: dict[str, float] = {}
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        tokens = {
            name: await member.open_session(town.db, actor_id)
            for name, actor_id in (("buyer", buyers[0].actor.id), ("owner", shop.owner.id))
        }
        paths = {
            "home": ("/", "buyer"), "category": (f"/c/{town.category_id}", "buyer"),
            "product": (f"/p/{goods[0][0]}", "buyer"),
            "orders": ("/orders", "buyer"), "checkout": ("/checkout", "buyer"),
            "seller_orders": (f"/workbench/{shop.id}/orders", "owner"),
            "seller_products": (f"/workbench/{shop.id}/products", "owner"),
        }  # fmt: skip
        for name, (path, who) in paths.items():

            async def look(path: str = path, who: str = who) -> None:
                answer = await client.get(path, headers={"cookie": f"datong_session={tokens[who]}"})
                answer.raise_for_status()

            found[name] = await time_of(look)
    numbers = iter(range(10**9))

    async def place() -> None:
        number = next(numbers)
        buyer, (product_id, sku_id) = buyers[1 + number % (len(buyers) - 1)], goods[number % len(goods)]
        await order.place_purchase(
            town.db, buyer.actor, buyer.address_id, Money(PRICE, "CNY"), f"{time.monotonic_ns()}",
            wanted=[LineRequest(product_id, sku_id, 1)],
        )  # fmt: skip

    found["placing"] = await time_of(place)
    await town.deliver()
    return found


async def main(products: int, orders: int, shops: int, *, as_json: bool) -> None:
    """Measure small, grow, measure large."""
    async with bench_town() as (server, town):
        shop = await town.shop()
        for _ in range(9):
            await town.shop()
        goods = await stock_shop(town, shop, 10_000, 1_000_000)
        buyers = await make_buyers(town, 400)
        buyer = await town.shopper()
        for number in range(10_000 // 25):
            each = buyers[number]
            wanted = [LineRequest(*goods[(number * 25 + place) % len(goods)], 1) for place in range(25)]
            await order.place_purchase(
                town.db, each.actor, each.address_id, Money(PRICE * 25, "CNY"), f"first-{number}", wanted=wanted
            )
        await town.deliver()
        connection = await asyncpg.connect(server.dsn())
        await connection.execute("vacuum analyze")
        small = await measure(town, shop, goods, [buyer, *buyers])
        await keep_first(connection)
        await grow(connection, products, orders, shops)
        sizes = {
            table: await connection.fetchval(f"select count(*) from {table}")
            for table in ("product", "shop_order", "shop")
        }
        large = await measure(town, shop, goods, [buyer, *buyers])
        await connection.close()
    rows: list[tuple[str, object]] = [*((f"large_{table}", count) for table, count in sizes.items())]
    for name, before in small.items():
        rows += [
            (f"{name}_small_ms", before),
            (f"{name}_large_ms", large[name]),
            (f"{name}_times", large[name] / before),
        ]
    rows.append(("worst_times", max(large[name] / small[name] for name in small)))
    show("Growth: p50 of pages and of placing, one caller (ms)", rows, as_json=as_json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--shops", type=int, default=10_000)
    asked = parser.parse_args()
    uvloop.run(main(asked.products, asked.orders, asked.shops, as_json=asked.json))
