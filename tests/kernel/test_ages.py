"""What a process keeps in memory ages by the platform's clock.

Whoever moves it sees copies expire, forward and back.
"""

from datetime import timedelta

import pytest

from datong.commerce import inventory
from datong.kernel.cache import CachedTable, TtlCache
from datong.kernel.tx import Tx
from datong.platform.search import Feeder
from tests.make import Town


async def looks(town: Town, copies: CachedTable[int] | TtlCache[int, int]) -> int:
    """What a look at the copy answers now."""
    async with town.db.read() as tx:
        return await copies.get(tx) if isinstance(copies, CachedTable) else (await copies.get_many(tx, [1]))[1]


def counting(kind: str) -> CachedTable[int] | TtlCache[int, int]:
    """A copy whose every reading answers one more."""
    read = 0

    async def one(_: Tx) -> int:
        nonlocal read
        read += 1
        return read

    async def many(tx: Tx, keys: list[int]) -> dict[int, int]:
        return dict.fromkeys(keys, await one(tx))

    return CachedTable(one, 60) if kind == "reference" else TtlCache(many, 60)


@pytest.mark.parametrize("kind", ["reference", "recent"])
async def test_a_copy_is_read_again_when_the_platforms_clock_says_so(town: Town, kind: str) -> None:
    copies = counting(kind)
    assert [await looks(town, copies) for _ in range(2)] == [1, 1]
    town.move_clock(seconds=50)
    assert await looks(town, copies) == 1
    town.move_clock(seconds=20)
    assert [await looks(town, copies) for _ in range(2)] == [2, 2]
    town.clock.shift -= timedelta(hours=1)
    assert [await looks(town, copies) for _ in range(2)] == [3, 3], "a copy from the future is as good as none"


async def test_what_was_sold_out_is_forgotten_when_the_platforms_clock_says_so(town: Town) -> None:
    memory = inventory.sold_out(town.db)
    memory.note(7)
    assert memory.find({5: 1, 7: 1}) == 7
    assert memory.find({5: 1}) is None
    town.move_clock(seconds=2)
    assert memory.find({7: 1}) is None
    memory.note(7)
    memory.forget([7])
    assert memory.find({7: 1}) is None


async def test_a_feeder_asks_for_its_lease_again_when_the_platforms_clock_says_so(town: Town) -> None:
    """After an hour another may have it: whoever still believes in its own would be a second writer."""
    one, other = (Feeder(town.db, town.adapters.engine, name) for name in ("one", "other"))
    assert await one._holds_lease()
    assert not await other._holds_lease()
    town.move_clock(hours=1)
    assert await other._holds_lease()
    assert not await one._holds_lease()
