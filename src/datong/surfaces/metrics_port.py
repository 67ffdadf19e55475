"""The worker's /metrics: a port of its own that answers this one address, by the same rule as the web process."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest

from datong.kernel.tx import Db
from datong.settings import Settings
from datong.surfaces.gauges import CONTENT_TYPE, gauges_text, may_scrape

MAX_HEAD_BYTES = 16_384
HEAD_SECONDS = 5.0
MAX_HEADERS = 100


class MetricsPort:
    """Serves metrics on `settings.worker_metrics_port` from `open()` until `close()`."""

    def __init__(self, db: Db, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen; answers the port, 0 where the settings name none. Raises OSError for a port that is taken."""
        if not self._settings.worker_metrics_port:
            return 0
        return await self.listen(self._settings.worker_metrics_port)

    async def listen(self, port: int) -> int:
        """Listen on a port; 0 lets the system choose one. Answers the port."""
        self._server = await asyncio.start_server(self._serve, self._settings.host, port, limit=MAX_HEAD_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close; a head that is too long, too slow or no HTTP is not answered."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS)
            status, body = await self._answer(head.decode("latin-1"), str(writer.get_extra_info("peername")[0]))
            lines = (
                f"HTTP/1.1 {status.value} {status.phrase}", f"content-type: {CONTENT_TYPE}",
                f"content-length: {len(body)}", "cache-control: no-store", "connection: close", "", "",
            )  # fmt: skip
            writer.write("\r\n".join(lines).encode("ascii") + body)
            await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, head: str, client: str) -> tuple[HTTPStatus, bytes]:
        request, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[:MAX_HEADERS]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        is_known = request.startswith(("GET /metrics ", "GET /metrics?"))
        if not is_known or not may_scrape(client, headers, self._settings.metrics_token):
            return HTTPStatus.NOT_FOUND, b""
        return HTTPStatus.OK, generate_latest(self._registry) + await gauges_text(self._db)
