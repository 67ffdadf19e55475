"""What the database says of the platform, as Prometheus gauges, and who may read them.

The web process and the worker answer the same.
"""

import hmac
from collections.abc import Mapping
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from datong.kernel.heartbeat import list_heartbeats
from datong.kernel.outbox import backlog
from datong.kernel.tx import LOST, Db

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def may_scrape(client: str, headers: Mapping[str, str], token: str) -> bool:
    """Whether metrics are shown: to a loopback address, or to `authorization: Bearer TOKEN` where a token is set.

    `headers` has lower-case names. A proxy on the same machine is no loopback client: what it passes on says so itself.
    """
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
        return True
    if any(name in headers for name in FORWARDED):
        return False
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return False


async def gauges_text(db: Db) -> bytes:
    """The gauges of this moment in Prometheus' text format; without a database only that it is away, and the pools.

    They are made anew at each call, so a sweep that is gone, or a number that could not be read, is not shown.
    """
    registry = CollectorRegistry()
    _add_pools(registry, db)
    up = Gauge("datong_database_up", "1 when the database answered this scrape.", registry=registry)
    try:
        await _add_platform(registry, db)
    except LOST:
        up.set(0)
    else:
        up.set(1)
    return generate_latest(registry)


def _add_pools(registry: CollectorRegistry, db: Db) -> None:
    """Connections by pool and state; a pool whose idle connections and room to grow are both 0 makes callers wait."""
    found = Gauge(
        "datong_pool_connections", "Database connections of this process.", ["pool", "state"], registry=registry
    )
    limit = Gauge("datong_pool_connections_max", "Connections that a pool may open.", ["pool"], registry=registry)
    for name, pool in db.pools().items():
        found.labels(name, "idle").set(pool.get_idle_size())
        found.labels(name, "used").set(pool.get_size() - pool.get_idle_size())
        limit.labels(name).set(pool.get_max_size())


async def _add_platform(registry: CollectorRegistry, db: Db) -> None:
    async with db.read() as tx:
        found, beats, now = await backlog(tx), await list_heartbeats(tx), tx.now
    age = max((now - found.oldest_told_at).total_seconds(), 0.0) if found.oldest_told_at else 0.0
    Gauge("datong_facts_waiting", "Facts that wait for their delivery.", registry=registry).set(found.waiting)
    Gauge("datong_facts_dead", "Facts that could not be delivered.", registry=registry).set(found.dead)
    Gauge("datong_facts_oldest_seconds", "Age of the oldest fact that waits; 0 when none does.", registry=registry).set(
        age
    )
    late = Gauge("datong_sweep_late", "1 when a sweep should have run long ago.", ["sweep"], registry=registry)
    ago = Gauge("datong_sweep_age_seconds", "Seconds since a sweep was last noted.", ["sweep"], registry=registry)
    failed = Gauge(
        "datong_sweep_failed_at_seconds", "When a sweep failed last, Unix time.", ["sweep"], registry=registry
    )
    for beat in beats:
        late.labels(beat.name).set(beat.is_late(now))
        ago.labels(beat.name).set(max((now - beat.ran_at).total_seconds(), 0.0))
        if beat.failed_at:
            failed.labels(beat.name).set(beat.failed_at.timestamp())
