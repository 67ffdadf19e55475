"""An upgrade without an interruption: web processes of the former release and of this one serve one database.

The database is made, founded and traded in by the former release, migrated by this one while the former serves, and
then whatever one begins the other goes on with. The worker is this release's, as at the end of an upgrade.
"""

import asyncio
import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from datong.runtime.migrate import migrate
from datong.wiring import find_house
from tests.house.rooms import ROOT
from tests.surfaces.conftest import ADDRESS

pytestmark = [pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]
FORMER = "55de231"
"""The last commit before tables and columns were renamed."""
PRICE = 5_000
PATIENCE = 60.0
FOUND = """
import asyncio, json, sys
from tests.make import open_town

async def main():
    async with open_town(sys.argv[1]) as town:
        shop = await town.shop()
        goods = await shop.product(%d, 100, title="A brass lamp")
        shopper = await town.shopper()
        await town.deliver()
        print(json.dumps({
            "shop": str(shop.id), "product": str(goods.product_id), "sku": str(goods.sku_id),
            "buyer": "shopper%%d@example.org" %% town._number, "seller": "owner1@example.org",
        }))

asyncio.run(main())
"""


class Release:
    """A web process of one release, and a buyer and a seller logged in there."""

    def __init__(self, name: str, base: str, things: Mapping[str, str]) -> None:
        self.name = name
        self.client = httpx.AsyncClient(base_url=base, timeout=30)
        self.things = things
        self.tokens = {"": ""}
        self.actions = "deeds" if name == "former" else "actions"
        self._number = 0

    async def call(self, method: str, path: str, who: str = "buyer", body: object = None) -> Any:  # noqa: ANN401 - JSON
        """A call of the API that must succeed; answers its JSON."""
        self._number += 1
        headers = {"idempotency-key": f"{self.name}-{self._number}"}
        if self.tokens[who]:
            headers["authorization"] = f"Bearer {self.tokens[who]}"
        answer = await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code < 300, (self.name, method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def log_in(self, who: str, login: str) -> None:
        """Open a session."""
        body = {"login": login, "password": "correct horse"}
        self.tokens[who] = (await self.call("POST", "/sessions", "", body))["token"]

    async def fill(self) -> None:
        """Look at the goods and put one piece into the cart."""
        seen = await self.call("GET", f"/products/{self.things['product']}", "")
        assert seen["skus"][0]["id"] == self.things["sku"]
        line = {"product_id": self.things["product"], "sku_id": self.things["sku"], "quantity": 1}
        await self.call("POST", "/cart/lines", body=line)

    async def place(self) -> tuple[str, str]:
        """Place what is in the cart; answers the purchase and its order."""
        total = (await self.call("GET", "/cart"))["quote"]["total"]
        assert total == {"amount": PRICE, "currency": "CNY"}
        address = (await self.call("GET", "/addresses"))[0]["id"]
        body = {"address_id": address, "agreed": total}
        purchase = str((await self.call("POST", "/purchases", body=body))["id"])
        orders = (await self.call("GET", f"/purchases/{purchase}"))["orders"]
        return purchase, str(orders[0]["id"])

    async def open_payment(self, purchase: str) -> str:
        """Ask to pay; answers the charge's reference at the sandbox."""
        return str((await self.call("POST", f"/purchases/{purchase}/payments", body={}))["pay_url"].rpartition("/")[2])

    async def pay(self, ref: str) -> None:
        """Press the button of the sandbox's page."""
        page = await self.client.get(f"/sandbox/pay/{ref}")
        assert page.status_code == 200, page.text
        fields = {"manner": "paid", "_csrf_token": self.client.cookies["datong_csrf"]}
        answer = await self.client.post(f"/sandbox/pay/{ref}", data=fields)
        assert answer.status_code == 303, answer.text

    async def state(self, order_id: str) -> str:
        """An order's state as its buyer sees it."""
        return str((await self.call("GET", f"/orders/{order_id}"))["order"]["state"])

    async def ship(self, order_id: str) -> None:
        """The shop sends all of it."""
        body = {"courier": "sandbox", "tracking_no": f"SB{order_id}"}
        await self.call("POST", f"/orders/{order_id}/parcels", "seller", body)

    async def refund(self, order_id: str) -> str:
        """The buyer asks for the money; answers the case."""
        line = (await self.call("GET", f"/orders/{order_id}"))["lines"][0]["id"]
        body = {"line_id": line, "kind": "REFUND", "reason": "not_wanted"}
        return str((await self.call("POST", f"/orders/{order_id}/refunds", body=body))["id"])

    async def agree(self, case_id: str) -> None:
        """The shop agrees to a refund, at the version that is seen here."""
        version = (await self.call("GET", f"/refunds/{case_id}", "seller"))["case"]["version"]
        await self.call("POST", f"/refunds/{case_id}/{self.actions}/agree", "seller", {"version": version})


class Sides:
    """Both releases on one database."""

    def __init__(self, former: Release, present: Release) -> None:
        self.former = former
        self.present = present
        self._number = 0

    async def be_new(self, where: Release) -> None:
        """A member who joins at one and buys at both: nobody has been refunded before, and no refund goes by itself."""
        self._number += 1
        login = f"{where.name}{self._number}@example.org"
        await where.call("POST", "/members", "", {"login": login, "password": "correct horse"})
        for side in (self.former, self.present):
            await side.log_in("buyer", login)
        await where.call("POST", "/addresses", body=ADDRESS)

    async def both_see(self, order_id: str, state: str) -> None:
        """Until both see an order in a state: the call-back and the facts take the time of a worker."""
        for side in (self.former, self.present):
            until = time.monotonic() + PATIENCE
            while (seen := await side.state(order_id)) != state:
                assert time.monotonic() < until, f"{side.name} sees {seen}, not {state}"
                await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def former_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The former release's files, out of the history; a checkout without it skips."""
    command = ["git", "archive", FORMER, "src", "tests/__init__.py", "tests/make.py"]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip(f"the history of this checkout does not reach back to {FORMER}")
    folder = tmp_path_factory.mktemp("former release")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["former", "present"])
async def sides(
    request: pytest.FixtureRequest, former_sources: Path, server_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sides]:
    """A database of the former release, migrated while its web process serves; then ours beside it, and a worker.

    The gateway calls back where it is sent by chance, behind one address: here always the one, or always the other.
    """
    name = f"side_by_side_{os.getpid()}"
    maintenance = await asyncpg.connect(server_dsn)
    await maintenance.execute(f"create database {name}")
    dsn = server_dsn.replace("/postgres?", f"/{name}?")
    common = {
        "DATABASE_URL": dsn, "DATONG_DATA_DIR": str(tmp_path_factory.mktemp("a folder")), "DATONG_SECRET": "secret",
        "DATONG_API_REQUESTS_PER_MINUTE": "1000000", "DATONG_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    theirs = common | {"PYTHONPATH": f"{former_sources / 'src'}{os.pathsep}{former_sources}"}

    def run(environment: dict[str, str], *words: str) -> str:
        return subprocess.run(
            [sys.executable, *words], cwd=former_sources, env=os.environ | environment, stdout=subprocess.PIPE,
            text=True, check=True,
        ).stdout  # fmt: skip

    where = run(theirs, "-c", "import datong; print(datong.__file__)")
    assert where.startswith(str(former_sources)), where
    run(theirs, "-m", "datong.cli", "migrate")
    things = json.loads(run(theirs, "-c", FOUND % PRICE, dsn))
    async with contextlib.AsyncExitStack() as held:

        def start(environment: dict[str, str], command: str) -> None:
            child = subprocess.Popen(
                [sys.executable, "-m", "datong.cli", command], cwd=former_sources, env=os.environ | environment
            )
            held.callback(child.wait, 20)
            held.callback(child.terminate)

        ports = {"former": free_port(), "present": free_port()}
        common["DATONG_PUBLIC_URL"] = theirs["DATONG_PUBLIC_URL"] = f"http://127.0.0.1:{ports[request.param]}"

        async def serve(title: str, environment: dict[str, str]) -> Release:
            start(environment | {"DATONG_PORT": str(ports[title])}, "web")
            release = Release(title, f"http://127.0.0.1:{ports[title]}", things)
            held.push_async_callback(release.client.aclose)
            await until_it_serves(release)
            return release

        former = await serve("former", theirs)
        for who in ("buyer", "seller"):
            await former.log_in(who, things[who])
        steps = await migrate(dsn, find_house())
        assert steps, "this release brings nothing that the former one does not know"
        present = await serve("present", common)
        for who in ("buyer", "seller"):
            await present.log_in(who, things[who])
        start(common, "worker")
        yield Sides(former, present)
        await until_delivered(dsn)
        run(common, "-m", "datong.cli", "audit")
    await maintenance.execute(f"drop database {name} with (force)")
    await maintenance.close()


async def until_it_serves(release: Release) -> None:
    """Until a web process answers."""
    until = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if (await release.client.get("/health/live")).status_code == 200:
                return
        assert time.monotonic() < until, f"{release.name} does not answer"
        await asyncio.sleep(0.05)


async def until_delivered(dsn: str) -> None:
    """Until no fact waits."""
    connection = await asyncpg.connect(dsn)
    until = time.monotonic() + PATIENCE
    while await connection.fetchval("select count(*) from fact_outbox where delivered_at is null"):
        assert time.monotonic() < until
        await asyncio.sleep(0.05)
    await connection.close()


async def test_what_one_begins_the_other_ends(sides: Sides) -> None:
    """Cart, order, payment, parcel, receipt: each by the one or the other."""
    f, p = sides.former, sides.present
    for fills, places, opens, pays, ships, confirms in (
        (f, f, f, f, p, f),
        (p, p, f, f, f, p),
        (f, p, p, f, f, f),
        (p, f, p, p, p, p),
        (f, f, p, f, f, p),
    ):
        await fills.fill()
        purchase, order_id = await places.place()
        await sides.both_see(order_id, "WAIT_BUYER_PAY")
        await pays.pay(await opens.open_payment(purchase))
        await sides.both_see(order_id, "WAIT_SELLER_SEND_GOODS")
        await ships.ship(order_id)
        await sides.both_see(order_id, "WAIT_BUYER_CONFIRM_GOODS")
        await confirms.call("POST", f"/orders/{order_id}/confirm")
        await sides.both_see(order_id, "TRADE_FINISHED")


async def test_a_payment_opened_by_both_is_one(sides: Sides) -> None:
    for first, second in ((sides.former, sides.present), (sides.present, sides.former)):
        await first.fill()
        purchase, order_id = await first.place()
        refs = [await each.open_payment(purchase) for each in (first, second)]
        assert refs[0] == refs[1]
        await second.pay(refs[1])
        await sides.both_see(order_id, "WAIT_SELLER_SEND_GOODS")


async def test_money_goes_back_whoever_asks_and_whoever_agrees(sides: Sides) -> None:
    f, p = sides.former, sides.present
    for places, asks, agrees in ((f, p, p), (p, f, f), (f, f, p), (p, p, f)):
        await sides.be_new(places)
        await places.fill()
        purchase, order_id = await places.place()
        await places.pay(await places.open_payment(purchase))
        await sides.both_see(order_id, "WAIT_SELLER_SEND_GOODS")
        await agrees.agree(await asks.refund(order_id))
        await sides.both_see(order_id, "TRADE_CLOSED")
    await f.fill()
    purchase, order_id = await f.place()
    await p.pay(await f.open_payment(purchase))
    await sides.both_see(order_id, "WAIT_SELLER_SEND_GOODS")
    await p.call("POST", f"/orders/{order_id}/cancel", body={})
    await sides.both_see(order_id, "TRADE_CLOSED")


async def test_both_show_the_pages_of_what_either_made(sides: Sides) -> None:
    for places in (sides.former, sides.present):
        await places.fill()
        purchase, order_id = await places.place()
        await places.pay(await places.open_payment(purchase))
        await sides.both_see(order_id, "WAIT_SELLER_SEND_GOODS")
        case_id = await places.refund(order_id)
        buyers = ("/", "/cart", "/orders", f"/orders/{order_id}", f"/purchases/{purchase}", f"/refunds/{case_id}")
        work = f"/workbench/{sides.former.things['shop']}"
        sellers = (work, f"{work}/orders", f"{work}/orders/{order_id}", f"{work}/refunds", f"{work}/refunds/{case_id}")
        for side in (sides.former, sides.present):
            for who, paths in (("buyer", buyers), ("seller", sellers)):
                for path in paths:
                    headers = {"cookie": f"datong_session={side.tokens[who]}"}
                    answer = await side.client.get(path, headers=headers)
                    assert answer.status_code == 200, (side.name, places.name, path, answer.status_code)
