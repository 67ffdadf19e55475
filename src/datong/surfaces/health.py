"""/health: for load balancers (live, ready) and for people who watch."""

import msgspec
from litestar import Response, get

from datong.kernel.outbox import backlog
from datong.kernel.tx import LOST
from datong.surfaces.request_context import AnyRequest, db_of

LATE_SECONDS = 60


class Health(msgspec.Struct, frozen=True):
    """How the platform is: `ok`, `late` (facts wait for over a minute, or letters are dead) or `away`."""

    status: str
    waiting_facts: int = 0
    dead_letters: int = 0
    oldest_fact_seconds: float = 0.0


@get("/health/live", tags=["health"])
async def live() -> Health:
    """The process answers."""
    return Health("ok")


@get("/health", tags=["health"])
async def health(request: AnyRequest) -> Response[Health]:
    """The process, the database and the delivery of facts; 503 when the database is away."""
    try:
        async with db_of(request).read() as tx:
            found, now = await backlog(tx), tx.now
    except LOST:
        return Response(Health("away"), status_code=503)
    age = (now - found.oldest_told_at).total_seconds() if found.oldest_told_at else 0.0
    status = "late" if age > LATE_SECONDS or found.dead else "ok"
    return Response(Health(status, found.waiting, found.dead, max(age, 0.0)))


HANDLERS = [live, health]
