"""How many orders a second are placed in-process (claim, quote, hold, write, facts), beside pgbench on the same server.

Uniform over 20,000 SKUs, then one hot SKU, then a crowd of clients. The ratios are to pgbench writing the same order in
one statement, uniform over the SKUs, run just before and after. `python -m bench.orders [--json] [--seconds 6]
[--clients 16]`.
"""

import argparse
import asyncio
import itertools
import random
import time

import uvloop

from bench.town import (
    PRICE,
    Goods,
    bench_town,
    cpu_seconds,
    make_buyers,
    percentile,
    pgbench_orders,
    show,
    stock_shop,
)
from datong.commerce import order
from datong.commerce.pricing import LineRequest
from datong.kernel.invariants import audit
from datong.kernel.money import Money
from tests.make import Shopper, Town

SKUS = 20_000
BUYERS = 4_000
CROWD = 256


async def place_for(
    town: Town, buyers: list[Shopper], goods: list[Goods], clients: int, seconds: float, name: str
) -> dict[str, float]:
    """So many clients place one order after the other, each for another buyer; rate, latencies and CPU an order."""
    agreed = Money(PRICE, "CNY")
    waits: list[float] = []
    chance = random.Random(7)
    until = time.perf_counter() + seconds
    numbers = itertools.count()

    async def keep_placing() -> None:
        while time.perf_counter() < until:
            number = next(numbers)
            buyer, (product_id, sku_id) = buyers[number % len(buyers)], goods[chance.randrange(len(goods))]
            started = time.perf_counter()
            await order.place_purchase(
                town.db,
                buyer.actor,
                buyer.address_id,
                agreed,
                f"{name}-{number}",
                wanted=[LineRequest(product_id, sku_id, 1)],
            )
            waits.append(time.perf_counter() - started)

    used, started = cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(keep_placing() for _ in range(clients)))
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
        goods = await stock_shop(town, await town.shop(), SKUS, 1_000_000)
        buyers = await make_buyers(town, BUYERS)
        await place_for(town, buyers, goods, clients, 1.0, "warm")
        before = await pgbench_orders(server, clients, int(seconds), goods)
        uniform = await place_for(town, buyers, goods, clients, seconds, "uniform")
        middle = await pgbench_orders(server, clients, int(seconds), goods)
        hot = await place_for(town, buyers, goods[:1], clients, seconds, "hot")
        hot_reference = await pgbench_orders(server, clients, int(seconds), goods[:1])
        crowd = await place_for(town, buyers, goods, CROWD, seconds, "crowd")
        started = time.perf_counter()
        await town.deliver()
        delivered = time.perf_counter() - started
        broken = await audit(town.db)
        oversold = sum(len(rows) for name, rows in broken.items() if name.startswith("stock"))
    reference = (before[0] + middle[0]) / 2
    rows: list[tuple[str, object]] = [
        ("clients", clients),
        ("pgbench_uniform", reference),
        ("pgbench_hot", hot_reference[0]),
        ("pgbench_smallest_uniform", (before[1] + middle[1]) / 2),
        ("pgbench_smallest_hot", hot_reference[1]),
        *((f"uniform_{name}", value) for name, value in uniform.items()),
        *((f"hot_{name}", value) for name, value in hot.items()),
        *((f"clients{CROWD}_{name}", value) for name, value in crowd.items()),
        ("uniform_ratio", uniform["rate"] / reference if reference else 0.0),
        ("hot_ratio", hot["rate"] / reference if reference else 0.0),
        (f"clients{CROWD}_ratio", crowd["rate"] / reference if reference else 0.0),
        ("deliver_all_seconds", delivered),
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
