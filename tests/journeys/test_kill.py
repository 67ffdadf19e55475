"""Two web processes, a worker and the database, killed in the middle of many orders for one SKU: each order once."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from datong.commerce import member
from datong.kernel.connect import open_db
from datong.kernel.invariants import audit
from datong.runtime.migrate import migrate
from datong.runtime.postgres import Postgres
from datong.runtime.supervisor import make_database
from datong.wiring import find_house
from tests.make import Shopper, open_town

PATIENCE = 90.0
WEBS = ("web", "second web")


class Platform:
    """Database, worker and web as processes of their own, each of which may be killed and started again."""

    def __init__(self, folder: Path, port: int) -> None:
        self.server = Postgres(folder)
        self.port = port
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._supervising = threading.Lock()
        self._environment = {
            **os.environ,
            "DATABASE_URL": self.server.dsn(),
            "DATONG_DATA_DIR": str(folder),
            "DATONG_PORT": str(port),
            "DATONG_SECRET": "test-secret",
            "DATONG_API_REQUESTS_PER_MINUTE": "1000000",
        }

    def start(self, name: str) -> None:
        """Start a child again."""
        environment = self._environment | {"DATONG_PORT": str(self.port_of(name))}
        self._children[name] = subprocess.Popen(
            [sys.executable, "-m", "datong.cli", name.rpartition(" ")[2]], env=environment, stderr=subprocess.DEVNULL
        )

    def port_of(self, name: str) -> int:
        """Where a web process listens."""
        return self.port + (50 if name == "second web" else 0)

    def kill(self, name: str) -> None:
        """Kill -9, as a power cut would."""
        with self._supervising:
            if name == "database":
                self.server.kill()
                self.server.start()
            else:
                self._children[name].send_signal(signal.SIGKILL)
                self._children[name].wait()
                self.start(name)

    def revive(self) -> None:
        """Start again what has ended by itself (it began while the database was away), as a supervisor does."""
        with self._supervising:
            for name, child in list(self._children.items()):
                if child.poll() is not None:
                    self.start(name)

    def stop(self) -> None:
        """The end of the test."""
        for child in self._children.values():
            child.terminate()
            child.wait(20)
        self.server.stop()


@pytest.fixture
async def platform(tmp_path: Path, worker_id: str) -> AsyncIterator[Platform]:
    """A whole platform on a durable database."""
    made = Platform(tmp_path / "with a space", 18_200 + int(worker_id.removeprefix("gw") or "0", 36) % 50)
    made.server.start()
    await make_database(made.server)
    await migrate(made.server.dsn(), find_house())
    yield made
    made.stop()


async def send(client: httpx.AsyncClient, method: str, path: str, token: str, body: object, key: str) -> httpx.Response:
    """Send until there is an answer, the same key every time; the platform is away now and then."""
    until, said = time.monotonic() + PATIENCE, "nothing at all"
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError):
            answer = await client.request(
                method, path, json=body, headers={"authorization": f"Bearer {token}", "idempotency-key": key}
            )
            code = answer.json().get("code") if answer.content.startswith(b"{") else ""
            if answer.status_code not in {500, 503} and code != "kernel.request_in_progress":
                return answer
            said = f"{answer.status_code} {answer.text[:300]}"
        await asyncio.sleep(0.05)
    raise AssertionError(f"no answer to {path}: {said}")


async def buy(client: httpx.AsyncClient, shopper: Shopper, token: str, sku: dict[str, str], number: int) -> str:
    """One order of one piece; answers the purchase's id, the same however often it is asked for."""
    key = f"order-{shopper.actor.id}-{number}"
    agreed = {"amount": 1_000, "currency": "CNY"}
    body = {"address_id": str(shopper.address_id), "agreed": agreed}
    for _ in range(50):
        cart = await send(client, "GET", "/api/v1/cart", token, None, key)
        pieces = sum(line["quantity"] for line in cart.json()["lines"])
        if pieces == 0:
            await send(client, "POST", "/api/v1/cart/lines", token, sku | {"quantity": 1}, key)
        elif pieces > 1:
            await send(client, "PUT", f"/api/v1/cart/lines/{sku['sku_id']}", token, {"quantity": 1}, key)
        answer = await send(client, "POST", "/api/v1/purchases", token, body, key)
        if answer.status_code == 201:
            return str(answer.json()["id"])
        assert answer.json()["code"] in {"order.cart_empty", "order.price_moved", "order.hold_too_old"}, answer.text
    raise AssertionError("never placed")


@pytest.mark.parametrize(("orders", "kills"), [(18, 1), pytest.param(180, 5, marks=pytest.mark.long)])
async def test_nothing_answered_is_lost_and_each_order_is_there_once(
    platform: Platform, orders: int, kills: int
) -> None:
    """Each of web, worker and database is killed once, then whichever chance chooses."""
    async with open_town(platform.server.dsn()) as town:
        shop = await town.shop()
        goods = await shop.product(1_000, stock=100_000)
        shoppers = [await town.shopper() for _ in range(6)]

        tokens = [await member.open_session(town.db, each.actor.id) for each in shoppers]
        await town.deliver()
    sku = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id)}
    for name in ("worker", *WEBS):
        platform.start(name)
    each = orders // len(shoppers)
    chance = random.Random(4)
    done = 0
    answered: dict[tuple[int, int], str] = {}

    async def shop_on(place: int, client: httpx.AsyncClient) -> None:
        nonlocal done
        for number in range(each):
            answered[place, number] = await buy(client, shoppers[place], tokens[place], sku, number)
            done += 1

    async def interfere() -> None:
        for step in range(kills * 3):
            while done < orders * (step + 1) // (kills * 3 + 1):
                await asyncio.sleep(0.02)
            victim = (
                ("web", "worker", "database")[step % 3] if step < 3 else chance.choice([*WEBS, "database", "worker"])
            )
            await asyncio.to_thread(platform.kill, victim)

    async def supervise() -> None:
        while True:
            await asyncio.sleep(0.2)
            await asyncio.to_thread(platform.revive)

    addresses = [f"http://127.0.0.1:{platform.port_of(name)}" for name in WEBS]
    async with (
        httpx.AsyncClient(base_url=addresses[0], timeout=20) as client,
        httpx.AsyncClient(base_url=addresses[1], timeout=20) as second,
    ):
        shopping = (shop_on(place, (client, second)[place % 2]) for place in range(len(shoppers)))
        watching = asyncio.create_task(supervise())
        await asyncio.gather(interfere(), *shopping)
        for (place, number), before in answered.items():
            body = {"address_id": str(shoppers[place].address_id), "agreed": {"amount": 1_000, "currency": "CNY"}}
            key = f"order-{shoppers[place].actor.id}-{number}"
            again = await send(client, "POST", "/api/v1/purchases", tokens[place], body, key)
            assert again.json() == {"id": before}
        watching.cancel()
    await check_books(platform, each * len(shoppers))


async def check_books(platform: Platform, wanted: int) -> None:
    """Each order once, every fact delivered, every identity true."""
    connection = await asyncpg.connect(platform.server.dsn())
    for _ in range(600):
        if not await connection.fetchval("select count(*) from fact_outbox where delivered_at is null"):
            break
        await asyncio.sleep(0.1)
    assert await connection.fetchval("select count(*) from purchase") == wanted
    assert await connection.fetchval("select sum(quantity) from order_line") == wanted
    await connection.close()
    db = await open_db(platform.server.dsn(), house=find_house())
    try:
        assert await audit(db) == {}
    finally:
        await db.close()
