"""Lanes: concurrent callers of one small write are gathered and done in one statement, then answered one by one.

No timer: a lane takes what is queued when it is free, so the batch grows with the load and a single caller waits
for nobody. So few lanes write that a hot row meets itself in two or three transactions and not in hundreds. A batch
that fails is done again one by one, so that one bad ask harms nobody. A full queue refuses and says when to try again.
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

WORKERS = 2
MAX_BATCH = 64
MAX_QUEUED = 2000


async def run_batch(work: Work[Ask, Answer], asks: Sequence[Ask]) -> list[Answer | Exception]:
    """Do a batch; if it fails as a whole, do each alone, so that one bad ask harms nobody else."""
    if not asks:
        return []
    try:
        return list(await work(asks))
    except Exception as error:  # noqa: BLE001 - handed to the one who asked
        if len(asks) == 1:
            return [error]
    return [(await run_batch(work, [ask]))[0] for ask in asks]


class BatchQueue(Generic[Ask, Answer]):
    """The lanes of one kind of write in one process: one queue, and so many batches under way at once."""

    def __init__(self, work: Work[Ask, Answer], lanes: int = WORKERS) -> None:
        self._work = work
        self._queue: deque[tuple[Ask, asyncio.Future[Answer]]] = deque()
        self._lanes = lanes
        self._started = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, ask: Ask) -> Answer:
        """Have it done; raises the refusal, or `TooMany` when the queue is full."""
        if len(self._queue) >= MAX_QUEUED:
            raise TooMany(1)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((ask, future))
        self._start()
        return await future

    def _start(self) -> None:
        if self._started < self._lanes:
            self._started += 1
            task = asyncio.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _drain(self) -> None:
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(MAX_BATCH, len(self._queue)))]
                answers = await run_batch(self._work, [ask for ask, _ in batch])
                for (_, future), answer in zip(batch, answers, strict=True):
                    _settle(future, answer)
        finally:
            self._started -= 1


def _settle(future: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if future.done():
        return  # its caller has gone away
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
