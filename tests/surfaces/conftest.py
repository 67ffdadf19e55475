"""A site: the whole application over a town, asked over HTTP without a socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from litestar import Litestar

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


_APPS: list[Litestar] = []
"""The one application of this worker: making it takes longer than most tests ask of it."""


async def app_over(town: Town) -> Litestar:
    """The worker's application, which now is this town's: nothing of the one before is left in it.

    Its `/media` and its templates are of the first town's settings, which differ by the folder alone.
    """
    if not _APPS:
        _APPS.append(make_app(town.settings, town.adapters))
    (app,) = _APPS
    app.state.adapters, app.state.settings = town.adapters, town.settings
    await app.stores.get("rate_limit").delete_all()
    return app


@pytest.fixture
async def site(town: Town) -> AsyncIterator[Site]:
    """The application over a fresh town."""
    async with open_site(town, await app_over(town)) as made:
        yield made


@pytest.fixture
async def new_site(town: Town) -> AsyncIterator[Site]:
    """The same with an application that nobody has asked yet."""
    async with open_site(town, make_app(town.settings, town.adapters)) as made:
        yield made


@asynccontextmanager
async def open_site(town: Town, app: Litestar) -> AsyncIterator[Site]:
    """An application and a client of it."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Site(town, client)
