"""A site: the whole application over a town, asked over HTTP without a socket."""

from collections.abc import AsyncIterator

import httpx
import pytest

from datong.adapters.callback_queue import send_callbacks
from datong.app import make_app
from tests.make import Town


class Site:
    """The application and a client of it."""

    def __init__(self, town: Town, client: httpx.AsyncClient) -> None:
        self.town = town
        self.client = client
        self._keys = 0

    async def call(
        self, method: str, path: str, token: str = "", body: object = None, key: str = "", status: int | None = None
    ) -> httpx.Response:
        """One call of the API; with a status, it must be that one."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if key:
            headers["idempotency-key"] = key
        answer = await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)
        if status is not None:
            assert answer.status_code == status, answer.text
        return answer

    async def join(self, name: str) -> str:
        """A new member with an address; answers the token."""
        await self.call("POST", "/members", body={"login": name, "password": "correct horse"}, status=201)
        opened = await self.call("POST", "/sessions", body={"login": name, "password": "correct horse"}, status=201)
        token: str = opened.json()["token"]
        await self.call("POST", "/addresses", token, ADDRESS, status=201)
        return token

    async def call_back(self) -> int:
        """The sandboxes send what is due to the application."""
        return await send_callbacks(self.town.db, self.town.settings.secret, self.client)


ADDRESS = {"receiver": "Li Lei", "phone": "138", "region": "31", "city": "Shanghai", "street": "1 Nanjing Road"}


@pytest.fixture
async def site(town: Town) -> AsyncIterator[Site]:
    """The application over a fresh town."""
    app = make_app(town.settings, town.adapters)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Site(town, client)
