"""Delivery of facts: at least once, effect exactly once, in order for one owner, retried, kept when dead."""

from datetime import timedelta

import pytest

from datong.facts.member import MemberRegistered
from datong.kernel.fact import Reaction, on
from datong.kernel.outbox import (
    KEEP_DAYS,
    MAX_ATTEMPTS,
    Deliverer,
    backlog,
    horizon,
    list_dead_letters,
    prune,
    send_again,
)
from datong.kernel.refusal import NotFound
from datong.kernel.tx import Db, Tx
from tests.make import Town

FACTS = {"MemberRegistered": MemberRegistered}


class Listener:
    """Writes down what it hears; fails as often as it is told."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.failures = 0

    def reaction(self) -> Reaction[MemberRegistered]:
        @on(MemberRegistered, writes=lambda fact: [fact.member_id & 4095])
        async def hear(_: Tx, fact: MemberRegistered) -> None:
            if self.failures:
                self.failures -= 1
                raise RuntimeError("not today")
            self.heard.append(fact.registered_at.microsecond)

        return hear


async def tell(db: Db, owner: int, number: int) -> None:
    async with db.begin(owner & 4095) as tx:
        tx.emit(MemberRegistered(member_id=owner, registered_at=tx.now.replace(microsecond=number)))


async def test_facts_of_one_owner_arrive_once_and_in_order(town: Town) -> None:
    listener = Listener()
    deliverer = Deliverer(FACTS, [listener.reaction()])
    for number in range(30):
        await tell(town.db, 4097, number)
    await deliverer.deliver_all(town.db)
    await deliverer.deliver_all(town.db)
    assert listener.heard == list(range(30))


async def test_a_rolled_back_transaction_tells_nothing(town: Town) -> None:
    with pytest.raises(ZeroDivisionError):
        async with town.db.begin(1) as tx:
            tx.emit(MemberRegistered(member_id=1, registered_at=tx.now))
            raise ZeroDivisionError
    async with town.db.read() as tx:
        assert (await backlog(tx)).waiting == 0


async def test_a_failing_fact_holds_back_its_owner_alone_and_is_tried_again(town: Town) -> None:
    listener = Listener()
    deliverer = Deliverer(FACTS, [listener.reaction()])
    listener.failures = 1
    await tell(town.db, 1, 1)
    await deliverer.deliver(town.db)
    await tell(town.db, 1, 2)
    await tell(town.db, 2, 100)
    await deliverer.deliver(town.db)
    assert listener.heard == [100]
    town.clock.shift += timedelta(minutes=1)
    await deliverer.deliver_all(town.db)
    assert listener.heard == [100, 1, 2]


async def test_a_hopeless_fact_becomes_a_dead_letter_and_may_be_sent_again(town: Town) -> None:
    listener = Listener()
    deliverer = Deliverer(FACTS, [listener.reaction()])
    listener.failures = MAX_ATTEMPTS
    await tell(town.db, 1, 1)
    told_at = town.db.now()
    for _ in range(MAX_ATTEMPTS):
        await deliverer.deliver(town.db)
        town.clock.shift += timedelta(hours=1)
    await tell(town.db, 1, 2)
    await deliverer.deliver_all(town.db)
    assert listener.heard == [2], "a dead letter no longer holds its owner back"
    async with town.db.read() as tx:
        (letter,) = (await list_dead_letters(tx)).items
        assert letter.reason == "RuntimeError: not today"
        assert await horizon(tx, MemberRegistered) < told_at, "what a dead letter might forbid is not undone"
    await send_again(town.db, letter.fact_id)
    await deliverer.deliver_all(town.db)
    assert listener.heard == [2, 1]
    with pytest.raises(NotFound):
        await send_again(town.db, letter.fact_id)


async def test_delivered_facts_are_forgotten_after_a_while(town: Town) -> None:
    deliverer = Deliverer(FACTS, [Listener().reaction()])
    await tell(town.db, 1, 1)
    await deliverer.deliver_all(town.db)
    assert await prune(town.db) == 0
    town.clock.shift += timedelta(days=KEEP_DAYS + 1)
    assert await prune(town.db) >= 2


async def test_a_fact_of_another_bucket_is_a_bug(town: Town) -> None:
    with pytest.raises(ValueError, match="another bucket"):
        async with town.db.begin(1) as tx:
            tx.emit(MemberRegistered(member_id=2, registered_at=tx.now))
