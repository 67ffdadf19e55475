"""A load generator that costs little: HTTP/1.1 on one kept connection, just enough of it for our own answers."""

import asyncio
from collections.abc import Mapping

import msgspec


class RawClient:
    """One connection to the web process; opened on first use."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> bytes:
        """The body of an answer that must be a good one."""
        return await self._ask("GET", path, {}, b"")

    async def post(self, path: str, content: bytes, headers: Mapping[str, str]) -> bytes:
        """As `get`, with a body."""
        return await self._ask("POST", path, {"content-type": "application/json", **headers}, content)

    async def post_json(self, path: str, body: object, headers: Mapping[str, str]) -> bytes:
        """As `post`, encoded."""
        return await self.post(path, msgspec.json.encode(body), headers)

    async def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> bytes:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        body = await self._reader.readexactly(length) if length else b""
        if not 200 <= status < 400:
            raise RuntimeError(f"{method} {path} answered {status}: {body[:300]!r}")
        return body
