"""Lanes: concurrent callers of one small write are gathered and done in one statement, then answered one by one.

No timer: a lane takes what is queued when it is free, so the batch grows with the load and a single caller waits
for nobody. What must not meet itself (a hot row) has one key and so one lane. A batch that fails is done
again one by one, so that one bad ask harms nobody. A lane whose queue is full refuses and says when to try again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from datong.kernel.refusal import TooMany

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
Work = Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]]
"""Does a batch in one transaction; answers in the order of the asks, an exception for one that is refused."""

LANES = 2
MOST = 64
DEPTH = 2000


class _Lane(Generic[Ask, Answer]):
    def __init__(self, work: Work[Ask, Answer]) -> None:
        self._work = work
        self._queue: deque[tuple[Ask, asyncio.Future[Answer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, ask: Ask) -> Answer:
        if len(self._queue) >= DEPTH:
            raise TooMany(1)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((ask, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(MOST, len(self._queue)))]
            try:
                await self._do(batch)
            except Exception as error:  # noqa: BLE001 - handed to the one who asked
                if len(batch) == 1:
                    _settle(batch[0][1], error)
                else:
                    await self._one_by_one(batch)

    async def _one_by_one(self, batch: Sequence[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        for each in batch:
            try:
                await self._do([each])
            except Exception as error:  # noqa: BLE001 - as above
                _settle(each[1], error)

    async def _do(self, batch: Sequence[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        answers = await self._work([ask for ask, _ in batch])
        for (_, future), answer in zip(batch, answers, strict=True):
            _settle(future, answer)


def _settle(future: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if future.done():
        return  # its caller has gone away
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


class Lanes(Generic[Ask, Answer]):
    """The lanes of one kind of write in one process."""

    def __init__(self, work: Work[Ask, Answer], lanes: int = LANES) -> None:
        self._lanes = [_Lane(work) for _ in range(lanes)]

    async def ask(self, key: int, ask: Ask) -> Answer:
        """Have it done in the lane of a key; raises the refusal, or `TooMany` when the lane's queue is full."""
        return await self._lanes[key % len(self._lanes)].ask(ask)
