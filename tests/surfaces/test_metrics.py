"""/metrics: what it counts, what it says of the platform, and to whom; the worker's port answers the same."""

import asyncio
from datetime import timedelta

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from datong.app import make_app
from datong.kernel.heartbeat import record_heartbeat
from datong.surfaces.gauges import may_scrape
from datong.surfaces.metrics_port import MetricsPort
from tests.make import Town
from tests.surfaces.conftest import Site

TOKEN = "let me see"  # noqa: S105 - a token of this test
BEARER = {"authorization": f"Bearer {TOKEN}"}


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels."""
    found = text_string_to_metric_families(text)
    return {(each.name, frozenset(each.labels.items())): each.value for family in found for each in family.samples}


def value(text: str, name: str, **labels: str) -> float:
    """One sample; KeyError when it is not there."""
    return read(text)[name, frozenset(labels.items())]


async def scrape(site: Site) -> str:
    answer = await site.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


def client_at(town: Town, host: str, token: str = "") -> httpx.AsyncClient:
    """A client of the application that asks from another machine."""
    app = make_app(msgspec.structs.replace(town.settings, metrics_token=token), town.adapters)
    transport = httpx.ASGITransport(app=app, client=(host, 1))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_requests_are_counted_by_route_method_and_class_of_status(new_site: Site) -> None:
    site = new_site
    for path in ("/p/1", "/p/2", "/nowhere/1", "/nowhere/2"):
        assert (await site.client.get(path)).status_code == 404
    await site.client.get("/health/live")
    await site.client.request("BREW", "/health/live")
    text = await scrape(site)
    count = "datong_http_request_seconds_count"
    assert value(text, count, route="/p/{product_id}", method="GET", status="4xx") == 2
    assert value(text, count, route="none", method="GET", status="4xx") == 2
    assert value(text, count, route="/health/live", method="GET", status="2xx") == 1
    assert value(
        text, "datong_http_request_seconds_bucket", route="/health/live", method="GET", status="2xx", le="10.0"
    )
    assert "BREW" not in text
    assert "nowhere" not in text


async def test_two_applications_count_by_themselves(site: Site) -> None:
    await site.client.get("/health/live")
    async with client_at(site.town, "127.0.0.1") as other:
        assert "/health/live" not in (await other.get("/metrics")).text


async def test_the_platform_is_measured(site: Site) -> None:
    await site.town.deliver()
    text = await scrape(site)
    assert value(text, "datong_database_up") == 1
    assert value(text, "datong_facts_waiting") == 0
    assert value(text, "datong_facts_oldest_seconds") == 0
    await site.join("metric@town")
    await record_heartbeat(site.town.db, "test.sweep", 1.0, 1)
    site.town.clock.shift += timedelta(minutes=5)
    text = await scrape(site)
    assert value(text, "datong_facts_waiting") > 0
    assert value(text, "datong_facts_oldest_seconds") >= 300
    assert value(text, "datong_facts_dead") == 0
    assert value(text, "datong_sweep_late", sweep="test.sweep") == 1
    assert value(text, "datong_sweep_age_seconds", sweep="test.sweep") >= 300
    assert value(text, "datong_pool_connections", pool="durable", state="used") == 0
    async with site.town.db.read():
        assert value(await scrape(site), "datong_pool_connections", pool="durable", state="used") == 1
    assert value(text, "datong_pool_connections_max", pool="durable") >= 2


async def test_others_find_no_such_page(town: Town) -> None:
    async with client_at(town, "203.0.113.7", TOKEN) as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/metrics", headers={"authorization": "Bearer wrong"})).status_code == 404
        assert (await client.get("/metrics", headers=BEARER)).status_code == 200
    async with client_at(town, "203.0.113.7") as client:
        for words in (BEARER, {"authorization": "Bearer "}, {"authorization": "Bearer"}):
            assert (await client.get("/metrics", headers=words)).status_code == 404
    async with client_at(town, "127.0.0.1") as client:
        assert (await client.get("/metrics", headers={"x-forwarded-for": "203.0.113.7"})).status_code == 404
        assert (await client.get("/metrics")).status_code == 200


@pytest.mark.parametrize(
    ("client", "is_shown"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("10.0.0.1", False), ("", False), ("localhost", False)],
)
def test_this_machine_is_known_by_its_address(client: str, *, is_shown: bool) -> None:
    assert may_scrape(client, {}, "") is is_shown
    assert may_scrape(client, {"authorization": "Bearer naïve"}, TOKEN) is is_shown
    assert not may_scrape(client, {"forwarded": "for=127.0.0.1"}, TOKEN)


async def test_the_database_away_is_said_and_stops_nothing(site: Site) -> None:
    await site.town.db.close()
    text = await scrape(site)
    assert value(text, "datong_database_up") == 0
    assert "datong_facts_waiting" not in text


async def test_the_workers_port_answers_the_same(town: Town) -> None:
    port = MetricsPort(town.db, msgspec.structs.replace(town.settings, host="127.0.0.1", metrics_token=TOKEN))
    assert await port.open() == 0, "off by default"
    number = await port.listen(0)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{number}") as client:
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert value(answer.text, "datong_database_up") == 1
        assert "process_resident_memory_bytes" in answer.text
        assert (await client.get("/")).status_code == 404
        assert (await client.post("/metrics")).status_code == 404
        forwarded = {"x-forwarded-for": "203.0.113.7"}
        assert (await client.get("/metrics", headers=forwarded)).status_code == 404
        assert (await client.get("/metrics", headers=forwarded | BEARER)).status_code == 200
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    writer.write(b"x" * 40_000)
    await writer.drain()
    assert await reader.read() == b"", "no HTTP is not answered"
    writer.close()
    await port.close()
    with pytest.raises(OSError, match="onnect"):
        await asyncio.open_connection("127.0.0.1", number)
