"""Request keys: once, whoever asks how often."""

from datetime import timedelta

import pytest

from datong.kernel.refusal import Invalid
from datong.kernel.request import FirstClaim, KeyReused, StillWorking, claim, claim_first, give_up, hash_of, remember
from datong.kernel.sql import Doc, changed_value
from datong.kernel.tx import Tx
from tests.make import Town


async def test_the_same_key_answers_the_same_and_another_body_is_refused(town: Town) -> None:
    async with town.db.begin(5) as tx:
        assert await remember(tx, 5, "k", {"a": 1}, 111) is None
    async with town.db.begin(5) as tx:
        assert await remember(tx, 5, "k", {"a": 1}, 222) == 111
        with pytest.raises(KeyReused):
            await remember(tx, 5, "k", {"a": 2}, 333)


ANSWER = changed_value(list, "select request_answer($1, $2::jsonb)")


async def answer(tx: Tx, attempt: int) -> list[int]:
    """Complete the claim of key "k" as the writing statement does."""
    ask = {"bkt": 5, "owner_id": 5, "request_key": "k", "attempt": attempt}
    found: list[int] = await tx.one(ANSWER, 5, Doc([ask]))
    return found


async def test_a_claim_is_for_one_until_its_lease_ends(town: Town) -> None:
    async with town.db.begin(5) as tx:
        first = await claim(tx, 5, "k", hash_of("body"), 111)
    async with town.db.begin(5) as tx:
        with pytest.raises(StillWorking):
            await claim(tx, 5, "k", hash_of("body"), 222)
    town.clock.shift += timedelta(minutes=1)
    async with town.db.begin(5) as tx:
        second = await claim(tx, 5, "k", hash_of("body"), 222)
        assert (second.ref_id, second.attempt) == (111, 2)
        assert await answer(tx, first.attempt) == []
        assert await answer(tx, second.attempt) == [111]
    async with town.db.begin(5) as tx:
        assert (await claim(tx, 5, "k", hash_of("body"), 333)).is_answered
        assert not await give_up(tx, 5, "k", second.attempt)


async def test_a_refused_attempt_leaves_the_key_free(town: Town) -> None:
    async with town.db.begin(5) as tx:
        made = await claim(tx, 5, "k", hash_of("body"), 111)
        assert await give_up(tx, 5, "k", made.attempt)
        assert (await claim(tx, 5, "k", hash_of("another body"), 222)).ref_id == 222


@pytest.mark.parametrize("key", ["", "x" * 101, "a\x00b"])
async def test_keys_have_bounds(town: Town, key: str) -> None:
    async with town.db.begin(5) as tx:
        with pytest.raises(Invalid):
            await remember(tx, 5, key, "body", 1)


async def test_first_claims_are_made_once_however_many_ask_together(town: Town) -> None:
    asks = [
        FirstClaim(5 + 4096 * (number % 2), f"k{number // 4}", hash_of("body"), 100 + number) for number in range(8)
    ]
    assert await claim_first(town.db, asks) == {100, 101, 104, 105}
    assert await claim_first(town.db, asks) == set()
