"""An S3-like store inside the network: reached by plain HTTP where its endpoint says so, with signed requests."""

import asyncio

from datong.adapters.object_store import ObjectStore

OPTIONS = {"access_key_id": "key", "secret_access_key": "secret", "region": "us-east-1"}


class Provider:
    """Keeps what is put, as the first lines of each request and its signature."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.signatures: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and say that it was kept."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")
        headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines[1:]}
        await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(lines[0])
        self.signatures.append(headers.get("authorization", "").partition(" ")[0])
        writer.write(b'HTTP/1.1 200 OK\r\netag: "1"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
        await writer.drain()
        writer.close()


async def test_a_store_inside_the_network_is_reached_by_plain_http() -> None:
    provider = Provider()
    server = await asyncio.start_server(provider.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    store = ObjectStore("s3://bucket/prefix", OPTIONS | {"endpoint": f"http://127.0.0.1:{port}"})
    await store.put("papers/1", b"signed and sealed")
    server.close()
    assert provider.asked == ["PUT /bucket/prefix/papers/1 HTTP/1.1"]
    assert provider.signatures == ["AWS4-HMAC-SHA256"]
