"""What merchants publish is found through processes that are killed.

Worker and web, in the middle of feeding and building.
"""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from datong.kernel.actor import SYSTEM
from datong.platform.search import list_indexes, rebuild
from tests.journeys.test_kill import Platform, platform
from tests.make import Town, open_town

__all__ = ["platform"]
PATIENCE = 120.0


async def found(client: httpx.AsyncClient, text: str) -> set[str]:
    """What the web process finds; nothing while it is away or has no index yet."""
    try:
        answer = await client.get("/api/v1/search", params={"q": text, "limit": 100})
    except httpx.HTTPError:
        return set()
    return {each["product"]["id"] for each in answer.json()["items"]} if answer.status_code == 200 else set()


async def until_found(client: httpx.AsyncClient, text: str, wanted: set[str]) -> None:
    """Until exactly these are found."""
    until = time.monotonic() + PATIENCE
    while (seen := await found(client, text)) != wanted:
        assert time.monotonic() < until, (len(seen), len(wanted))
        await asyncio.sleep(0.05)


async def until_built(town: Town) -> None:
    """Until no index is being built."""
    until = time.monotonic() + PATIENCE
    while True:
        async with town.db.read() as tx:
            if {each.state for each in await list_indexes(tx)} <= {"current", "retired"}:
                return
        assert time.monotonic() < until
        await asyncio.sleep(0.05)


@pytest.mark.long
async def test_what_is_published_is_found_whatever_is_killed(platform: Platform, tmp_path: Path) -> None:
    for name in ("web", "worker"):
        platform.start(name)
    base = f"http://127.0.0.1:{platform.port_of('web')}"
    async with open_town(platform.server.dsn()) as town, httpx.AsyncClient(base_url=base, timeout=10) as client:
        shop = await town.shop()
        published: set[str] = set()
        for number in range(2):
            published |= {
                str((await shop.product(title=f"Granite mortar {number}{part}")).product_id) for part in "abcd"
            }
            if number:
                async with town.db.begin() as tx:
                    await rebuild(tx, SYSTEM)
            platform.kill("worker")
            published |= {
                str((await shop.product(title=f"Granite mortar {number}{part}")).product_id) for part in "efgh"
            }
            if number == 1:
                platform.kill("web")
            await until_found(client, "granite mortar", published)
        await until_built(town)
        await until_found(client, "granite mortar", published)
