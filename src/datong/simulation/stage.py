"""The stage of a rehearsal: platform time goes on tick by tick, lives act when their hour has come, sweeps run as in life.

Whatever happens, happens through the same doors as on a live platform; only the clock is moved, and call-backs of the sandbox
makers are taken without a network, their signatures checked all the same.
"""

import asyncio
import heapq
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

import httpx

from datong.adapters import Adapters
from datong.adapters.callback_queue import send_callbacks
from datong.adapters.courier.sandbox import SandboxCourier
from datong.adapters.payment import GatewayDown
from datong.adapters.payment.sandbox import SandboxGateway
from datong.commerce import fulfilment, payment
from datong.kernel.clock import Clock
from datong.kernel.refusal import Refusal
from datong.wiring import make_deliverer

Answer = TypeVar("Answer")
Act = Callable[[], Awaitable[Answer]]
TICK = timedelta(hours=2)


def chance_of(name: str) -> Random:
    """Chance that falls the same way for the same name."""
    return Random(name)  # noqa: S311 - chance on a stage, not a secret


class Stage:
    """Moves time and those who live in it. `done` and `refused` count what they did, by name and by code."""

    def __init__(self, adapters: Adapters, clock: Clock, secret: str, seed: int = 0) -> None:
        self.adapters = adapters
        self.db = adapters.db
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.random = chance_of(f"stage {seed}")
        self._clock = clock
        self._secret = secret
        self._deliverer = make_deliverer(adapters.db.house)
        self._sweeps = adapters.db.house.sweeps
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._number = itertools.count()
        self._lives: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []
        self.tick = TICK
        """How far time goes on at once; nothing that is due waits longer."""
        self._acting = 0
        self._is_quiet = asyncio.Event()

    @property
    def now(self) -> datetime:
        """The platform's time."""
        return self._clock.now()

    def begin(self, life: Coroutine[None, None, None]) -> None:
        """Let a life begin; it acts until it waits for the first time."""
        self._acting += 1
        self._is_quiet.clear()
        task = asyncio.create_task(life)
        self._lives.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._lives.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed.append(error)
        self._rest()

    def _rest(self) -> None:
        self._acting -= 1
        if self._acting == 0:
            self._is_quiet.set()

    async def wait(self, hours: float) -> None:
        """Do nothing for so many hours of platform time, at least to the next tick."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.now + timedelta(hours=hours), next(self._number), future))
        self._rest()
        await future

    async def attempt(self, name: str, act: Act[Answer]) -> Answer | None:
        """Do something that may be refused or find a provider away; None then."""
        try:
            answer = await act()
        except Refusal as refusal:
            self.refused[f"{name}: {refusal.code}"] += 1
            return None
        except GatewayDown:
            self.refused[f"{name}: gateway down"] += 1
            return None
        self.done[name] += 1
        return answer

    async def play(self, until: datetime, on_day: Callable[[], Awaitable[None]] | None = None) -> None:
        """Let time go on to an instant; at the end of every day, when all is settled that is due, call `on_day`."""
        day = self.now.date()
        async with httpx.AsyncClient(transport=httpx.MockTransport(self._called_back)) as client:
            while self.now < until:
                self._move_to(min(self.now + self.tick, until))
                await self._wake()
                await self._tick(client)
                if self._failed:
                    raise self._failed[0]
                if self.now.date() != day:
                    day = self.now.date()
                    if on_day is not None:
                        await on_day()

    def _move_to(self, instant: datetime) -> None:
        self._clock.shift += instant - self._clock.now()

    async def _wake(self) -> None:
        """Everyone whose hour has come acts; together, as people do."""
        while self._waiting and self._waiting[0][0] <= self.now:
            _, _, future = heapq.heappop(self._waiting)
            self._acting += 1
            self._is_quiet.clear()
            future.set_result(None)
        if self._acting:
            await self._is_quiet.wait()

    async def _tick(self, client: httpx.AsyncClient) -> None:
        self._disturb()
        courier = self.adapters.couriers.get("sandbox")
        if isinstance(courier, SandboxCourier):
            while await courier.move_parcels():
                pass
        while await send_callbacks(self.db, self._secret, client):
            pass
        await self._deliverer.deliver_all(self.db)
        await asyncio.gather(*(sweep.act(self.adapters) for sweep in self._sweeps))
        await self._deliverer.deliver_all(self.db)

    def _disturb(self) -> None:
        """Now and then the gateway does not answer, or declines."""
        gateway = self.adapters.gateways.get("sandbox")
        if isinstance(gateway, SandboxGateway):
            gateway.faults.lose_answer = int(self.random.random() < 0.1)  # noqa: PLR2004 - chances
            gateway.faults.fail_before = int(self.random.random() < 0.05)  # noqa: PLR2004 - chances of a fault
            gateway.faults.decline_refunds = int(self.random.random() < 0.02)  # noqa: PLR2004 - chances of a fault

    async def _called_back(self, request: httpx.Request) -> httpx.Response:
        """What the platform's window does with a call-back, without the window."""
        _, kind, code = request.url.path.rsplit("/", 2)
        headers = {name.lower(): text for name, text in request.headers.items()}
        if kind == "payment":
            event = self.adapters.gateways[code].read_event(headers, request.content)
            is_news = await payment.take_payment(self.db, event)
        else:
            news = self.adapters.couriers[code].read_news(headers, request.content)
            is_news = any([await fulfilment.record_news(self.db, code, each) for each in news])
        return httpx.Response(200, content=json.dumps({"is_news": is_news}))

    async def close(self) -> None:
        """Whoever still waits goes home."""
        for task in list(self._lives):
            task.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
