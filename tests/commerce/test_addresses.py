"""Addresses, benefits and ages of members: bounds, owners, and what is the default."""

from datetime import timedelta

import msgspec
import pytest

from datong.commerce import member
from datong.commerce.member import AddressDraft, reactions
from datong.commerce.member.addresses import TooManyAddresses
from datong.commerce.member.grants import GrantUnknown
from datong.commerce.rulebook import read_standing
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import rows, value
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Town

GOOD = AddressDraft("Li Lei", "138", "31", "Shanghai", "1 Nanjing Road")
REFUSED = value(str, "select refused from grant_given where bkt = $1 order by owner_id, name, key")
DAY = timedelta(days=1)


class Seen(msgspec.Struct, frozen=True):
    """An address's row."""

    address_id: int
    is_default: bool


KEPT = rows(Seen, "select address_id, is_default from address where bkt = 77 and member_id = $1 order by address_id")


@pytest.fixture
async def two(town: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[Actor, Actor]:
    """Two members of one bucket, without addresses, in a town whose clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)
    one, other = [await member.register(town.db, f"member{number}", "correct horse") for number in range(2)]
    return Actor(one, "member"), Actor(other, "member")


async def add(town: Town, actor: Actor, draft: AddressDraft = GOOD) -> int:
    return await town.db.run(member.add_address, actor, draft)


async def defaults(town: Town, actor: Actor) -> list[bool]:
    async with town.db.read() as tx:
        return [each.is_default for each in await tx.all(KEPT, actor.id)]


@pytest.mark.parametrize(("field", "most"), [("receiver", 60), ("phone", 30), ("city", 60), ("street", 200)])
async def test_each_part_of_an_address_has_its_length(
    town: Town, two: tuple[Actor, Actor], field: str, most: int
) -> None:
    address_id = await add(town, two[0], msgspec.structs.replace(GOOD, **{field: "x"}))
    for wrong in ("", "  ", "x" * (most + 1), "a\nb"):
        draft = msgspec.structs.replace(GOOD, **{field: wrong})
        for attempt in (add(town, two[0], draft), town.db.run(member.change_address, two[0], address_id, draft)):
            with pytest.raises(Invalid, match=f"1 to {most} characters") as invalid:
                await attempt
            assert invalid.value.field == field
    await town.db.run(
        member.change_address, two[0], address_id, msgspec.structs.replace(GOOD, **{field: f" {'x' * most} "})
    )
    async with town.db.read() as tx:
        kept = await member.get_address(tx, two[0], address_id)
    assert getattr(kept, field) == "x" * most
    with pytest.raises(Invalid, match="listed regions") as invalid:
        await add(town, two[0], msgspec.structs.replace(GOOD, region="99"))
    assert invalid.value.field == "region"


async def test_the_first_address_is_the_default_until_another_is(town: Town, two: tuple[Actor, Actor]) -> None:
    one, other = two
    theirs = await add(town, other)
    first, second = await add(town, one), await add(town, one)
    assert (await defaults(town, one), await defaults(town, other)) == ([True, False], [True])
    chosen = msgspec.structs.replace(GOOD, is_default=True)
    third = await add(town, one, chosen)
    assert await defaults(town, one) == [False, False, True]
    await town.db.run(member.change_address, one, second, chosen)
    assert (await defaults(town, one), await defaults(town, other)) == ([False, True, False], [True])
    async with town.db.read() as tx:
        listed = await member.list_addresses(tx, one)
        assert [each.address_id for each in listed] == [second, first, third]
        found = await member.find_addresses(tx, [(one, first), (one, theirs), (other, theirs), (one, 5)])
        assert set(found) == {first, theirs}
        assert await member.find_addresses(tx, [(one, theirs), (other, first)]) == {}


async def test_an_address_is_changed_and_removed_by_its_member_alone(town: Town, two: tuple[Actor, Actor]) -> None:
    one, other = two
    first, second = await add(town, one), await add(town, one)
    for actor, address_id in ((other, first), (one, first + 4096 * 99), (one, first + 1)):
        for attempt in (
            town.db.run(member.change_address, actor, address_id, GOOD),
            town.db.run(member.remove_address, actor, address_id),
        ):
            with pytest.raises(NotFound) as missing:
                await attempt
            assert missing.value.details() == {"thing": "address", "id": str(address_id)}
    await town.db.run(member.remove_address, one, first)
    with pytest.raises(NotFound):
        await town.db.run(member.remove_address, one, first)
    async with town.db.read() as tx:
        assert [each.address_id for each in await member.list_addresses(tx, one)] == [second]


async def test_a_member_keeps_twenty_five_addresses(town: Town, two: tuple[Actor, Actor]) -> None:
    for _ in range(25):
        await add(town, two[0])
    with pytest.raises(TooManyAddresses):
        await add(town, two[0])
    assert await add(town, two[1])
    async with town.db.read() as tx:
        assert len(await member.list_addresses(tx, two[0])) == 25


async def test_a_benefit_has_a_name_and_a_key_and_is_noted_as_refused_for_itself(
    town: Town, two: tuple[Actor, Actor]
) -> None:
    one, other = two

    async def give(actor: Actor, key: str, name: str = "coins") -> bool:
        terms = {"amount": 5}
        return await town.db.run(member.give_grant, name, actor.id, key, terms)

    with pytest.raises(GrantUnknown) as unknown:
        await give(one, "k", "x" * 41)
    assert unknown.value.details() == {"thing": "grant", "id": "x" * 40}
    for key in ("", "x" * 121):
        with pytest.raises(Invalid, match="1 to 120 characters") as invalid:
            await give(one, key)
        assert invalid.value.field == "key"
    given = [await give(*each) for each in ((one, "a"), (one, "a"), (one, "x" * 120), (other, "a"))]
    assert given == [True, False, True, True]
    async with town.db.begin(77) as tx:
        await member.note_refused_grant(tx, "coins", one.id, "a", "gone")
        await member.note_refused_grant(tx, "coins", one.id, "a", "later")
        await member.note_refused_grant(tx, "coupon", other.id, "a", "gone")
        assert await tx.all(REFUSED, 77) == ["gone", "", ""]


async def test_an_account_grows_a_day_older_to_the_instant(town: Town, two: tuple[Actor, Actor]) -> None:
    joined = town.db.now()

    async def age() -> tuple[float, int, timedelta]:
        async with town.db.read() as tx:
            found = (await read_standing(tx, "account_age", [two[0].id, 5]))[two[0].id]
        return found.value, found.version, found.at - joined

    assert await age() == (0, 0, timedelta(0))
    town.clock.shift += 3 * DAY - TICK
    assert await age() == (2, 2, 2 * DAY)
    town.clock.shift += TICK
    assert await age() == (3, 3, 3 * DAY)
    town.clock.shift -= 4 * DAY
    assert await age() == (0, 0, timedelta(0)), "a clock that was set back makes nobody younger than new"


async def test_a_tag_ends_at_its_instant_and_is_then_forgotten(town: Town, two: tuple[Actor, Actor]) -> None:
    one, other = two
    for actor, days in ((one, 1), (other, 2)):
        await town.db.run(member.put_tag, actor.id, "club", town.db.now() + days * DAY, "test")
    await town.db.run(member.put_tag, other.id, "paid_member", None, "test")

    async def tags() -> dict[int, frozenset[str]]:
        async with town.db.read() as tx:
            return await member.tags_of(tx, [one.id, other.id])

    town.clock.shift += DAY - TICK
    assert await reactions.forget_tags.act(town.adapters) == 0
    assert set(await tags()) == {one.id, other.id}
    town.clock.shift += TICK
    assert await tags() == {other.id: {"club", "paid_member"}}
    assert await reactions.forget_tags.act(town.adapters) == 1
    assert not await town.db.run(member.drop_tag, one.id, "club")
    assert await town.db.run(member.drop_tag, other.id, "club")
    assert await tags() == {other.id: {"paid_member"}}
