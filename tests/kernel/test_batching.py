"""Lanes: gathered, answered one by one, harmless to each other, bounded."""

import asyncio
from collections.abc import Sequence

import pytest

from datong.kernel import batching
from datong.kernel.batching import BatchQueue
from datong.kernel.refusal import Conflict, TooMany


class Counter:
    """Doubles numbers in batches; refuses odd ones, chokes on 13, fails a whole batch that holds 9999."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def work(self, batch: Sequence[int]) -> list[int | Exception]:
        await self.gate.wait()
        self.batches.append(list(batch))
        if 9999 in batch:
            raise RuntimeError("poisoned")
        return [Conflict() if each % 2 else each * 2 for each in batch]


async def test_one_caller_waits_for_nobody() -> None:
    counter = Counter()
    assert await BatchQueue(counter.work).ask(4) == 8
    assert counter.batches == [[4]]


async def test_callers_are_gathered_while_the_lane_is_busy_and_each_gets_its_own_answer() -> None:
    counter = Counter()
    made = BatchQueue(counter.work, lanes=1)
    counter.gate.clear()
    asked = [asyncio.create_task(made.ask(number)) for number in range(200)]
    await asyncio.sleep(0)
    counter.gate.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [answer for answer in answers if not isinstance(answer, Conflict)] == [n * 2 for n in range(0, 200, 2)]
    assert sum(isinstance(answer, Conflict) for answer in answers) == 100
    assert len(counter.batches) <= 6
    assert max(len(batch) for batch in counter.batches) == batching.MAX_BATCH


async def test_a_poisoned_batch_is_done_again_one_by_one() -> None:
    counter = Counter()
    made = BatchQueue(counter.work, lanes=1)
    counter.gate.clear()
    asked = [asyncio.create_task(made.ask(number)) for number in (2, 9999, 4)]
    await asyncio.sleep(0)
    counter.gate.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert (answers[0], answers[2]) == (4, 8)
    assert isinstance(answers[1], RuntimeError)


async def test_a_full_lane_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MAX_QUEUED", 10)
    counter = Counter()
    made = BatchQueue(counter.work, lanes=1)
    counter.gate.clear()
    asked = [asyncio.create_task(made.ask(2)) for _ in range(40)]
    await asyncio.sleep(0)
    counter.gate.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, TooMany)]
    assert len(refused) >= 29
    assert refused[0].retry_after == 1


async def test_a_caller_that_goes_away_harms_nobody() -> None:
    counter = Counter()
    made = BatchQueue(counter.work, lanes=1)
    counter.gate.clear()
    gone, stays = asyncio.create_task(made.ask(2)), asyncio.create_task(made.ask(4))
    await asyncio.sleep(0)
    gone.cancel()
    counter.gate.set()
    assert await stays == 8
