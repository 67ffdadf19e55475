"""Journeys: the same site as the tests of the surfaces, or a real socket with a real browser before it."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from datong.app import make_app
from tests.journeys.browser import Live, chromium, serving
from tests.make import open_town
from tests.surfaces.conftest import site

__all__ = ["site"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Any]:
    """One Chromium for all journeys of a worker; each person in it has cookies of its own."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def live(dsn: str, chrome: Any) -> AsyncIterator[Live]:  # noqa: ANN401 - Playwright's own
    """A small town on a fresh database behind a real socket."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        base = f"http://localhost:{listening.getsockname()[1]}"
        async with open_town(dsn, public_url=base) as town, serving(make_app(town.settings, town.adapters), listening):
            yield Live(town, chrome, base)
