"""/metrics: requests by route, and how the platform is, for Prometheus.

Answered to this machine and to whoever has the token of the settings; to anyone else the address does not exist.
"""

import time

from litestar import Litestar, Response, get
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.types import Message, Receive, Scope, Send
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from datong.surfaces.gauges import CONTENT_TYPE, gauges_text, may_scrape
from datong.surfaces.request_context import AnyRequest, db_of, settings_of

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
NO_ROUTE = "none"
"""The label of requests that no route took, so that invented addresses make no new series."""
OTHER_METHOD = "other"
SERVER_ERROR = 500


class RequestMetrics:
    """The measures of one application's requests and process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._seconds = Histogram(
            "datong_http_request_seconds",
            "Requests and the time until they were answered whole, by route, method and class of status.",
            ["route", "method", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._known: dict[tuple[str, str, int], Histogram] = {}
        """Each labelled series, found once; as many as there are routes, methods and classes."""

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """One request was answered: its route's template, never its address, becomes a label."""
        method = str(scope.get("method", ""))
        method = method if method in METHODS else OTHER_METHOD
        place = str(scope.get("path_template") or NO_ROUTE), method, status // 100
        if (series := self._known.get(place)) is None:
            series = self._known[place] = self._seconds.labels(place[0], method, f"{place[2]}xx")
        series.observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)


def count_requests(app: Litestar) -> None:
    """Measure every HTTP request of an application, those that no route takes too. Called once, when it was made."""
    metrics = app.state.metrics = RequestMetrics()
    inner = app.asgi_handler

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return
        began, status = time.perf_counter(), SERVER_ERROR

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await inner(scope, receive, sending)
        finally:
            metrics.note(scope, status, time.perf_counter() - began)

    app.asgi_handler = counted


@get("/metrics", include_in_schema=False)
async def metrics(request: AnyRequest) -> Response[bytes]:
    """The measures of this process and the platform's gauges; 404 to whoever may not read them."""
    client = request.client.host if request.client else ""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not may_scrape(client, headers, settings_of(request).metrics_token):
        raise NotFoundException
    own: RequestMetrics = request.app.state.metrics
    text = own.text() + await gauges_text(db_of(request))
    return Response(text, media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})


HANDLERS = [metrics]
