"""Requests a second of reading: product, list of 20 and home, as JSON and as HTML, 16 clients on the same machine.

`python -m bench.pages [--json] [--seconds 4]`; 10,000 products.
"""

import argparse
import asyncio
import time

import uvloop

from bench.checkout_http import PORT, start_process, wait_for_web
from bench.raw_client import RawClient
from bench.town import bench_town, percentile, show, stock_shop

CLIENTS = 16


async def ask(paths: list[str], seconds: float) -> tuple[float, list[float]]:
    """So many clients ask for these paths in turn."""
    waits: list[float] = []
    until = time.perf_counter() + seconds

    async def read_on(place: int) -> None:
        client, number = RawClient(PORT), place
        while time.perf_counter() < until:
            started = time.perf_counter()
            await client.get(paths[number % len(paths)])
            waits.append(time.perf_counter() - started)
            number += CLIENTS
        await client.close()

    started = time.perf_counter()
    await asyncio.gather(*(read_on(place) for place in range(CLIENTS)))
    return len(waits) / (time.perf_counter() - started), waits


async def main(seconds: float, *, as_json: bool) -> None:
    """Each page in turn."""
    rows: list[tuple[str, object]] = []
    async with bench_town() as (server, town):
        goods = await stock_shop(town, await town.shop(), 10_000, 1_000)
        pages = {
            "product_json": [f"/api/v1/products/{product_id}" for product_id, _ in goods],
            "list_json": [f"/api/v1/products?category_id={town.category_id}"],
            "product_html": [f"/p/{product_id}" for product_id, _ in goods],
            "list_html": [f"/c/{town.category_id}"],
            "home_html": ["/"],
        }
        process = start_process(server, "web")
        try:
            await wait_for_web()
            for name, paths in pages.items():
                await ask(paths, 0.5)
                rate, waits = await ask(paths, seconds)
                rows += [(f"{name}_rate", rate), (f"{name}_p99_ms", percentile(waits, 0.99) * 1000)]
        finally:
            process.terminate()
            process.wait(20)
    show("Pages and calls (a second; ms)", rows, as_json=as_json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=4)
    asked = parser.parse_args()
    uvloop.run(main(asked.seconds, as_json=asked.json))
