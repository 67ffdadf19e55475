"""How many orders a second are placed in-process (cart, quote, hold, write, facts), beside pgbench on the same server.

Uniform over 20,000 SKUs, then one hot SKU. The ratio is to pgbench's order of one statement, run just before and
after. `python -m bench.orders [--json] [--seconds 6] [--clients 16]`.
"""

import argparse
import asyncio
import random
import time

import uvloop

from bench.town import PRICE, Goods, bench_town, cpu_seconds, percentile, pgbench_orders, show, stock_shop
from datong.auditing import audit
from datong.commerce import cart, order
from datong.kernel.money import Money
from tests.make import Shopper, Town

SKUS = 20_000


async def place_for(town: Town, shoppers: list[Shopper], goods: list[Goods], seconds: float) -> dict[str, float]:
    """Each shopper places one order after the other; answers rate, latencies and CPU an order."""
    agreed = Money(PRICE, "CNY")
    waits: list[float] = []
    chance = random.Random(7)
    until = time.perf_counter() + seconds

    async def shop_on(shopper: Shopper) -> None:
        number = 0
        while time.perf_counter() < until:
            product_id, sku_id = goods[chance.randrange(len(goods))]
            started = time.perf_counter()
            async with town.db.begin(shopper.actor.bucket) as tx:
                await cart.put_in_cart(tx, shopper.actor, product_id, sku_id, 1)
            await order.place_purchase(
                town.db, shopper.actor, shopper.address_id, agreed, f"{shopper.actor.id}-{until}-{number}"
            )
            waits.append(time.perf_counter() - started)
            number += 1

    used, started = cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(shop_on(each) for each in shoppers))
    took = time.perf_counter() - started
    return {
        "rate": len(waits) / took,
        "p50": percentile(waits, 0.5) * 1000,
        "p99": percentile(waits, 0.99) * 1000,
        "cpu": (cpu_seconds() - used) * 1000 / max(1, len(waits)),
    }


async def main(seconds: float, clients: int, *, as_json: bool) -> None:
    """Both loads, each between two runs of the reference."""
    async with bench_town() as (server, town):
        shop = await town.shop()
        goods = await stock_shop(town, shop, SKUS, 1_000_000)
        shoppers = [await town.shopper() for _ in range(clients)]
        await place_for(town, shoppers, goods, 1.0)
        before = await pgbench_orders(server, clients, int(seconds), SKUS)
        uniform = await place_for(town, shoppers, goods, seconds)
        middle = await pgbench_orders(server, clients, int(seconds), SKUS)
        hot = await place_for(town, shoppers, goods[:1], seconds)
        hot_reference = await pgbench_orders(server, clients, int(seconds), 1)
        await town.deliver()
        broken = await audit(town.db)
        oversold = sum(len(rows) for name, rows in broken.items() if name.startswith("stock"))
    reference = (before + middle) / 2
    rows: list[tuple[str, object]] = [
        ("clients", clients),
        ("pgbench_uniform", reference),
        ("pgbench_hot", hot_reference),
        *((f"uniform_{name}", value) for name, value in uniform.items()),
        *((f"hot_{name}", value) for name, value in hot.items()),
        ("uniform_ratio", uniform["rate"] / reference if reference else 0.0),
        ("hot_ratio", hot["rate"] / reference if reference else 0.0),
        ("oversold", oversold),
        ("broken_identities", len(broken)),
    ]
    show("Orders placed in-process (rate a second, ms)", rows, as_json=as_json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--clients", type=int, default=16)
    asked = parser.parse_args()
    uvloop.run(main(asked.seconds, asked.clients, as_json=asked.json))
