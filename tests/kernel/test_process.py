"""What every process has: a clock that may be moved, logs as JSON, and transactions that write only where they may."""

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest

from datong.facts.member import MemberRegistered
from datong.kernel.actor import Actor
from datong.kernel.clock import Clock
from datong.kernel.clock_shift import move_clock
from datong.kernel.connect import open_db
from datong.kernel.gc_tuning import freeze_gc
from datong.kernel.ids import bucket_of
from datong.kernel.logs import JsonLines, set_up_logs
from datong.kernel.paging import clamp_limit, decode_cursor, encode_cursor
from datong.kernel.refusal import Invalid
from datong.kernel.sql import changed_value, command, value
from datong.kernel.tx import Db, Miss, Tx
from datong.kernel.use_case import bucket_of_call, use_case
from tests.make import Town

ONE = value(int, "select 1 where $1 = 1")
CLAIM = changed_value(int, "insert into name_claim values ($1, 's', 'n', 1, now()) returning owner_id")
PUT = command("insert into name_claim values ($1, 's', $2, 1, now())")


@pytest.fixture
def logs() -> Iterator[None]:
    """Whatever a test does to the logs of this process is undone."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    noisy = {name: logging.getLogger(name).level for name in ("uvicorn.access", "httpx", "httpcore")}
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    for name, was in noisy.items():
        logging.getLogger(name).setLevel(was)


def test_a_log_line_is_one_json_object_with_its_fields_and_trace(
    logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("WARNING")
    logger = logging.getLogger("datong.test")
    logger.info("not said")
    logger.warning("said %d", 5, extra={"order_id": 7, "what": object})
    try:
        int("broken")
    except ValueError:
        logger.exception("failed")
    first, second = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (first["level"], first["from"], first["event"], first["order_id"]) == ("warning", "datong.test", "said 5", 7)
    assert "trace" not in first
    assert first["at"].endswith("+00:00")
    assert "ValueError: invalid literal" in second["trace"]
    assert logging.getLogger("httpx").level == logging.WARNING
    assert isinstance(logging.getLogger().handlers[0].formatter, JsonLines)


def test_what_a_process_was_built_of_is_not_collected_again() -> None:
    before = gc.get_threshold()
    try:
        freeze_gc()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == (20_000, 20, 50)
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


async def test_the_clock_of_a_demo_moves_forward_for_every_process_that_follows_it(town: Town, dsn: str) -> None:
    with pytest.raises(ValueError, match="only goes forward"):
        await move_clock(town.db, -1)
    follower = await open_db(dsn, clock=Clock(), pool_size=2, is_clock_movable=True)
    try:
        before = follower.now()
        for _ in range(2):
            await move_clock(follower, 3_600)
        async with follower.read() as tx:
            assert timedelta(hours=2) <= tx.now - before < timedelta(hours=2, minutes=5)
        await move_clock(town.db, 86_400)
        async with follower.read() as tx:
            assert tx.now - before < timedelta(days=1), "it looks at most twice in a second"
    finally:
        await follower.close()
    assert town.clock.shift == timedelta(0), "a process whose clock is not movable keeps the machine's"


def test_a_use_case_declares_whose_bucket_it_writes() -> None:
    async def plain(tx: Tx) -> None: ...

    with pytest.raises(TypeError, match="has no parameter nobody"):
        use_case("nobody")(plain)
    with pytest.raises(TypeError, match="has no parameter tx"):
        use_case("tx")(plain)
    with pytest.raises(TypeError, match="does not declare whose bucket"):
        bucket_of_call(plain, (), {})

    @use_case("owner_id")
    async def owned(tx: Tx, other: int, owner_id: int) -> None: ...

    @use_case()
    async def nobodys(tx: Tx) -> None: ...

    assert bucket_of_call(owned, (1, 4096 + 7), {}) == 7
    assert bucket_of_call(owned, (1,), {"owner_id": 9}) == 9
    assert bucket_of_call(owned, (1, Actor(4096 * 3 + 5)), {}) == 5
    assert bucket_of_call(nobodys, (), {}) is None


async def test_a_transaction_writes_its_own_buckets_alone(town: Town) -> None:
    db: Db = town.db
    async with db.read() as tx:
        with pytest.raises(RuntimeError, match="does not write"):
            await tx.run(PUT, 5, "a")
        with pytest.raises(ValueError, match="name the bucket"):
            tx.new_id()
        with pytest.raises(Miss):
            await tx.one(ONE, 2)
        assert bucket_of(tx.new_id(9)) == 9
    async with db.begin(5) as tx:
        for bucket in (6, None):
            with pytest.raises(RuntimeError, match="writes bucket"):
                await tx.run(PUT, *([bucket, "a"] if bucket else []))
        with pytest.raises(ValueError, match="belongs to another bucket"):
            tx.emit(MemberRegistered(member_id=6, registered_at=tx.now))
        assert await tx.run(PUT, 5, "a") == 1
        assert bucket_of(tx.new_id()) == 5
    with pytest.raises(RuntimeError, match="must be that bucket"):
        await db.once(5, CLAIM, 6)
    assert await db.once(5, CLAIM, 5) == [1]
    assert (db.groups([3, 1, 3]), db.groups([])) == ([[1, 3]], [])


async def test_a_word_said_on_a_channel_is_heard_and_a_closed_process_makes_no_ids(dsn: str, town: Town) -> None:
    listener = await open_db(dsn, pool_size=2)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.hear("bell", heard.put_nowait)
    await town.db.say("bell", "ding")
    assert await asyncio.wait_for(heard.get(), 5) == "ding"
    async with town.db.read() as tx:
        assert (await listener.ids()).node != tx.new_id(0) >> 17 & 255, "no two living processes share a node"
    await listener.close()
    with pytest.raises(asyncpg.InterfaceError):
        await listener.ids()


def test_pages_and_cursors_refuse_what_was_not_given_out() -> None:
    assert [clamp_limit(each) for each in (1, 100)] == [1, 100]
    for limit in (0, 101):
        with pytest.raises(Invalid, match="1 to 100") as invalid:
            clamp_limit(limit)
        assert invalid.value.field == "limit"
    assert decode_cursor("", [7, 8]) == [7, 8]
    for key in ([5], [2**63 - 1], [-(2**63) + 1]):
        assert decode_cursor(encode_cursor(key), [0]) == key
    for cursor in ("a", "é", encode_cursor([1, 2]), encode_cursor([2**63]), encode_cursor([-(2**63)]), "IjEi"):
        with pytest.raises(Invalid, match="not one of ours") as invalid:
            decode_cursor(cursor, [0])
        assert invalid.value.field == "cursor"
