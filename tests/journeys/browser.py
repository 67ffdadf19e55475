"""A real browser on a real socket: headless Chromium at the site, with what a person sees kept as pictures."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import BrowserContext, Page, async_playwright

from datong.adapters.callback_queue import send_callbacks
from datong.commerce import member
from tests.house.rooms import ROOT
from tests.make import Town

PICTURES = ROOT / "build" / "pictures"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
PATIENCE = 15_000
"""Milliseconds that a busy machine may take; less than a page takes to find out by itself that a ring was lost."""
SERIOUS = {"serious", "critical"}


def find_chromium() -> str:
    """Where Chromium is; a test that needs it is skipped, saying so, where there is none.

    The headless shell is the same engine without the windows, and needs half of the processor's time.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), "")
    if not found:
        pytest.skip("Chromium is not installed (apt install chromium)")
    return found


@asynccontextmanager
async def serving(app: Litestar, listening: socket.socket) -> AsyncIterator[None]:
    """The application behind a socket."""
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


class Person:
    """Someone with a browser of its own at the site."""

    def __init__(self, page: Page, context: BrowserContext, base: str) -> None:
        self.page = page
        self.context = context
        self.base = base
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:  # noqa: ANN401 - Playwright's own
        if message.type == "error":
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    async def go(self, path: str, status: int = 200) -> None:
        """To a page of the site."""
        answer = await self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == status, (path, answer.status)

    async def be(self, token: str) -> None:
        """Whoever this session belongs to."""
        await self.context.add_cookies([{"name": "datong_session", "value": token, "url": self.base}])

    async def click(self, name: str, role: Any = "button", *, exact: bool = True, nth: int = 0) -> None:  # noqa: ANN401 - Playwright's literal of all roles
        """A button, link or other thing by its name; waits for the page that follows."""
        await self.page.get_by_role(role, name=name, exact=exact).nth(nth).click()
        await self.page.wait_for_load_state()

    async def fill(self, label: str, text: str, nth: int = 0) -> None:
        """A field by its label."""
        await self.page.get_by_label(label, exact=True).nth(nth).fill(text)

    async def sees(self, text: str) -> None:
        """A text on the page, now or soon."""
        await self.page.get_by_text(text).first.wait_for()

    async def keep(self, name: str, *, is_full: bool = True) -> None:
        """A picture of the page as test output."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=80, full_page=is_full)

    async def check(self) -> list[str]:
        """What axe finds serious on the page, and what the browser complained of; empty where all is well."""
        # The content security policy lets no script in that is not the site's: axe comes in by the debugger, not by
        # the page.
        await self.page.evaluate(AXE.read_text() + ";0")
        found = await self.page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        )
        wrong = [
            f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]} ×{len(each['nodes'])}"
            for each in found
            if each["impact"] in SERIOUS
        ]
        return wrong + self.complaints


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """A headless Chromium."""
    path = find_chromium()
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=FLAGS, env={**os.environ, "LC_ALL": "C.UTF-8"})
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def person(
    browser: Any,  # noqa: ANN401 - a Browser of Playwright, not always installed
    base: str,
    size: dict[str, int] | None = None,
    language: str = "en",
    *,
    is_dark: bool = False,
    has_script: bool = True,
) -> AsyncIterator[Person]:
    """Someone at a phone or a desk, in a language, in the light or in the dark, with JavaScript or without."""
    context = await browser.new_context(
        viewport=size or PHONE, locale={"en": "en-GB", "zh": "zh-CN"}[language], base_url=base,
        color_scheme="dark" if is_dark else "light", java_script_enabled=has_script,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    try:
        yield Person(await context.new_page(), context, base)
    finally:
        await context.close()


class Live:
    """A town behind a real socket, and a browser to go there with."""

    def __init__(self, town: Town, browser: Any, base: str) -> None:  # noqa: ANN401 - Playwright's own
        self.town = town
        self.browser = browser
        self.base = base

    @asynccontextmanager
    async def person(
        self, size: dict[str, int] | None = None, language: str = "en", actor_id: int = 0, **more: bool
    ) -> AsyncIterator[Person]:
        """Someone at the site, logged in as a member if one is given.

        Whatever the browser complains of fails the test.
        """
        async with person(self.browser, self.base, size, language, **more) as someone:
            if actor_id:
                await someone.be(await member.open_session(self.town.db, actor_id))
            yield someone
            assert someone.complaints == [], someone.complaints

    async def call_back(self) -> None:
        """The sandboxes send what is due to the application."""
        async with httpx.AsyncClient() as client:
            await send_callbacks(self.town.db, self.town.settings.secret, client)
