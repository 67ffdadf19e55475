"""Whole checkouts over HTTP (cart, quote, place, pay, the gateway's word), web and load on the same machine.

1, 8, 16 and 64 clients against one web process and one worker. `python -m bench.checkout_http [--json] [--seconds 5]`.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time

import httpx
import msgspec
import uvloop

from bench.raw_client import RawClient
from bench.town import PRICE, Goods, bench_town, percentile, show, stock_shop
from datong.adapters.payment import GatewayEvent
from datong.adapters.payment.sandbox import HEADER
from datong.adapters.signatures import sign
from datong.commerce import member
from datong.kernel.invariants import audit
from datong.kernel.money import Money
from datong.runtime.postgres import Postgres
from tests.make import Shopper

PORT = 18_400
SECRET = "bench"  # noqa: S105 - of a database that lives for a minute
CLIENTS = (1, 8, 16, 64)


def start_process(server: Postgres, name: str) -> subprocess.Popen[bytes]:
    """The web process or the worker, as an operator starts it."""
    environment = {
        **os.environ, "DATABASE_URL": server.dsn(), "DATONG_DATA_DIR": str(server.folder), "DATONG_SECRET": SECRET,
        "DATONG_PORT": str(PORT), "DATONG_API_REQUESTS_PER_MINUTE": "100000000", "DATONG_LOG_LEVEL": "CRITICAL",
        "DATONG_POOL_SIZE": "16",
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "datong.cli", name], env=environment)  # noqa: S603 - our own command


async def wait_for_web() -> None:
    """Until the web process answers."""
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"http://127.0.0.1:{PORT}/health/live")
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
            else:
                return


async def check_out(client: RawClient, shopper: Shopper, token: str, goods: Goods, number: int) -> None:
    """One shopper's five calls."""
    headers = {"authorization": f"Bearer {token}", "idempotency-key": f"{shopper.actor.id}-{number}"}
    line = {"product_id": str(goods[0]), "sku_id": str(goods[1]), "quantity": 1}
    agreed = {"address_id": str(shopper.address_id), "agreed": {"amount": PRICE, "currency": "CNY"}}
    await client.post_json("/api/v1/cart/lines", line, headers)
    await client.post_json("/api/v1/quotes", {"lines": [line]}, headers)
    placed = msgspec.json.decode(await client.post_json("/api/v1/purchases", agreed, headers))
    opened = await client.post_json(f"/api/v1/purchases/{placed['id']}/payments", {}, headers)
    ref = msgspec.json.decode(opened)["pay_url"].rpartition("/")[2]
    charge = await shopper.town.gateway.get_charge(ref)
    assert charge is not None
    event = GatewayEvent(f"e{ref}", "charge_succeeded", charge.charge_id, ref, Money(PRICE, "CNY"))
    content = msgspec.json.encode(event)
    await client.post("/callbacks/payment/sandbox", content, {HEADER: sign(SECRET, content)})


async def load(
    shoppers: list[Shopper], tokens: list[str], goods: list[Goods], seconds: float
) -> tuple[float, list[float]]:
    """So many clients for so long; answers the rate and each checkout's time."""
    waits: list[float] = []
    until = time.perf_counter() + seconds

    async def shop_on(place: int) -> None:
        client, number = RawClient(PORT), 0
        while time.perf_counter() < until:
            started = time.perf_counter()
            key = int(until * 1000) + number
            await check_out(client, shoppers[place], tokens[place], goods[(place * 997 + number) % len(goods)], key)
            waits.append(time.perf_counter() - started)
            number += 1
        await client.close()

    started = time.perf_counter()
    await asyncio.gather(*(shop_on(place) for place in range(len(shoppers))))
    return len(waits) / (time.perf_counter() - started), waits


async def main(seconds: float, *, as_json: bool) -> None:
    """Every number of clients in turn."""
    rows: list[tuple[str, object]] = []
    async with bench_town() as (server, town):
        goods = await stock_shop(town, await town.shop(), 2_000, 1_000_000)
        shoppers = [await town.shopper() for _ in range(max(CLIENTS))]
        tokens = [await member.open_session(town.db, each.actor.id) for each in shoppers]
        processes = [start_process(server, name) for name in ("worker", "web")]
        try:
            await wait_for_web()
            await load(shoppers[:4], tokens, goods, 1.0)
            for clients in CLIENTS:
                rate, waits = await load(shoppers[:clients], tokens, goods, seconds)
                rows += [
                    (f"rate_{clients}", rate),
                    (f"p50_ms_{clients}", percentile(waits, 0.5) * 1000),
                    (f"p99_ms_{clients}", percentile(waits, 0.99) * 1000),
                ]
        finally:
            for process in processes:
                process.terminate()
                process.wait(20)
        await town.deliver()
        rows.append(("broken_identities", len(await audit(town.db))))
    show("Whole checkouts over HTTP (a second; ms)", rows, as_json=as_json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=5)
    asked = parser.parse_args()
    uvloop.run(main(asked.seconds, as_json=asked.json))
