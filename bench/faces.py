"""How long the server takes for each page of the three faces, one visitor at a time, in a shop with much in it.

`python -m bench.faces [--json] [--times 30] [--goods 2000] [--orders 300]`: every page of the table that the tests walk
through, asked of one web process over HTTP by whoever sees most there; the slowest pages are shown, and the slowest of
all is the figure to keep under 50 ms.
"""

import argparse
import asyncio
import time

import httpx
import uvloop

from bench.checkout_http import PORT, start_process, wait_for_web
from bench.town import bench_town, percentile, show, stock_shop
from datong.kernel.actor import Actor
from datong.runtime.postgres import Postgres
from datong.wiring import find_house
from tests.make import Goods, Shop, Shopper
from tests.stage import Stage, set_the_stage
from tests.surfaces.test_html import pages

SHOWN = 12


async def fill(stage: Stage, goods: int, orders: int) -> None:
    """The stage's shop sells this much more, and its shopper has bought this often."""
    town, things = stage.town, stage.things
    shop_id = int(things["shop"])
    owner = Actor(stage.people["owner"], "member", {shop_id: find_house().rights_of("owner")})
    made = await stock_shop(town, Shop(town, shop_id, owner), goods, 1_000)
    shopper = Shopper(town, Actor(stage.people["shopper"], "member"), int(things["address"]))
    for number in range(orders):
        product_id, sku_id = made[number % len(made)]
        await shopper.buy(Goods(product_id, [sku_id], 1_000))
    await town.feed()


async def measure(client: httpx.AsyncClient, stage: Stage, times: int) -> dict[str, list[float]]:
    """Seconds of each page, so many times after one that warms it."""
    found: dict[str, list[float]] = {}
    for route, (path, role) in pages().items():
        headers = {"cookie": f"datong_session={stage.tokens[role]}"}
        waits: list[float] = []
        for _ in range(times + 1):
            started = time.perf_counter()
            answer = await client.get(path.format(**stage.things), headers=headers)
            waits.append(time.perf_counter() - started)
            answer.raise_for_status()
        found[route] = waits[1:]
    return found


async def _build_index(server: Postgres, client: httpx.AsyncClient) -> None:
    """A worker builds the search index, and is gone before anything is measured."""
    worker = start_process(server, "worker")
    try:
        for _ in range(600):
            if (await client.get("/search?q=lamp")).status_code == httpx.codes.OK:
                break
            await asyncio.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(20)


async def main(times: int, goods: int, orders: int, *, as_json: bool) -> None:
    """Fill, start, measure."""
    async with bench_town() as (server, town):
        stage = await set_the_stage(town)
        await fill(stage, goods, orders)
        process = start_process(server, "web")
        try:
            await wait_for_web()
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=30) as client:
                await _build_index(server, client)
                found = await measure(client, stage, times)
        finally:
            process.terminate()
            process.wait(20)
    slow = sorted(found, key=lambda route: -percentile(found[route], 0.95))
    rows: list[tuple[str, object]] = [("pages", len(found))]
    rows += [("slowest_page_p95_ms", percentile(found[slow[0]], 0.95) * 1000), ("slowest_page", slow[0])]
    rows.append(("median_page_p50_ms", percentile([percentile(waits, 0.5) for waits in found.values()], 0.5) * 1000))
    rows += [(f"p95_ms {route}", percentile(found[route], 0.95) * 1000) for route in slow[:SHOWN]]
    show(f"Pages, one visitor ({goods} goods, {orders} orders)", rows, as_json=as_json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--goods", type=int, default=2_000)
    parser.add_argument("--orders", type=int, default=300)
    asked = parser.parse_args()
    uvloop.run(main(asked.times, asked.goods, asked.orders, as_json=asked.json))
