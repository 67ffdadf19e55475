"""Passkeys: a challenge counts once and for five minutes, and only its own device proves who a member is."""

import json
from datetime import timedelta
from typing import Any

import pytest
from webauthn.helpers import base64url_to_bytes

from datong.commerce import member
from datong.commerce.member import reactions
from datong.commerce.member.passkeys import (
    LIVES,
    Passkey,
    PasskeyRefused,
    TooManyPasskeys,
    forget_challenges,
)  # fmt: skip
from datong.commerce.member.sign_in import SESSION_DAYS
from datong.commerce.rulebook import set_parameter
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import MAX_ID, bucket_for
from datong.kernel.refusal import Invalid, TooMany
from datong.kernel.sql import command
from tests.device import ORIGIN, Device, encode
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Town

SET_ASKS = command("update attempt_limit set count = $1")


@pytest.fixture
async def someone(town: Town, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """A member, in a town whose members share one bucket and whose clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)
    return await join(town)


async def join(town: Town) -> Actor:
    return Actor(await member.register(town.db, f"member{town.next()}", "correct horse"), "member")


async def start(town: Town, actor: Actor) -> str:
    return await member.start_passkey_registration(town.db, actor, "Someone", ORIGIN)


async def add(town: Town, actor: Actor, name: str = "My phone") -> Device:
    device = Device()
    await member.add_passkey(town.db, actor, device.make(await start(town, actor)), name, ORIGIN)
    return device


async def ask(town: Town, address: str = "a") -> str:
    return await member.start_passkey_log_in(town.db, ORIGIN, address)


async def log_in(town: Town, answer: dict[str, Any]) -> int:
    member_id, token = await member.log_in_with_passkey(town.db, json.dumps(answer), ORIGIN)
    async with town.db.read() as tx:
        session = await member.find_session(tx, token)
    assert session
    assert session.member_id == member_id
    return member_id


async def refuses(town: Town, answer: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRefused) as refused:
        await log_in(town, answer)
    assert refused.value.details() == {"right": "member:session:open"}


async def kept(town: Town, actor: Actor) -> list[Passkey]:
    async with town.db.read() as tx:
        return await member.list_passkeys(tx, actor)


async def test_a_passkey_opens_a_session_for_its_member_and_is_seen_to_be_used(town: Town, someone: Actor) -> None:
    other = await join(town)
    device, theirs = await add(town, someone), await add(town, other, "  ")
    start_at = town.db.now()
    town.move_clock(hours=1)
    later = await add(town, someone, " Desk ")
    async with town.db.begin() as tx:
        await set_parameter(tx, SYSTEM, SESSION_DAYS.name, 9)
    town.move_clock(hours=1)
    assert await log_in(town, device.prove(await ask(town))) == someone.id
    assert [(each.credential_id, each.name, each.kept_at, each.used_at) for each in await kept(town, someone)] == [
        (device.credential_id, "My phone", start_at, town.db.now()),
        (later.credential_id, "Desk", start_at + timedelta(hours=1), None),
    ]
    assert [(each.name, each.used_at) for each in await kept(town, other)] == [("Passkey", None)]
    async with town.db.read() as tx:
        (session,) = await member.list_sessions(tx, someone)
    assert session.expires_at - session.opened_at == timedelta(days=9)
    assert await log_in(town, theirs.prove(await ask(town))) == other.id


async def test_a_copy_of_a_device_is_noticed_by_its_counter(town: Town, someone: Actor) -> None:
    device, other = await add(town, someone), await add(town, someone)
    device.count = 6
    await log_in(town, device.prove(await ask(town)))
    await log_in(town, other.prove(await ask(town)))
    device.count = 4
    await refuses(town, device.prove(await ask(town)))


async def test_an_answer_counts_once_and_until_five_minutes_are_over(town: Town, someone: Actor) -> None:
    device = await add(town, someone)
    answer = device.prove(await ask(town))
    town.clock.shift += LIVES - TICK
    assert await forget_challenges(town.db) == 0
    await log_in(town, answer)
    await refuses(town, answer)
    late, made_late, new = device.prove(await ask(town)), await start(town, someone), Device()
    town.clock.shift += timedelta(minutes=5)
    await refuses(town, late)
    with pytest.raises(PasskeyRefused):
        await member.add_passkey(town.db, someone, new.make(made_late), "late", ORIGIN)
    assert await reactions.forget_unanswered_challenges.act(town.adapters) == 2
    made = new.make(await start(town, someone))
    town.clock.shift += LIVES - TICK
    await member.add_passkey(town.db, someone, made, "in time", ORIGIN)
    with pytest.raises(PasskeyRefused):
        await member.add_passkey(town.db, someone, made, "again", ORIGIN)
    assert [each.name for each in await kept(town, someone)] == ["My phone", "in time"]


async def test_a_challenge_is_of_the_member_who_asked_and_of_what_was_asked(town: Town, someone: Actor) -> None:
    other, device = await join(town), Device()
    options = await start(town, someone)
    with pytest.raises(PasskeyRefused):
        await member.add_passkey(town.db, other, device.make(options), "not mine", ORIGIN)
    with pytest.raises(PasskeyRefused):
        await member.add_passkey(town.db, someone, device.make(options, encode(b"of my own")), "made up", ORIGIN)
    await member.add_passkey(town.db, someone, device.make(options), "asked", ORIGIN)
    asked = await ask(town)
    async with town.db.read() as tx:
        neighbour = Actor(tx.new_id(bucket_for(base64url_to_bytes(json.loads(asked)["challenge"]).hex())), "member")
    forged = Device().make(await start(town, someone), json.loads(asked)["challenge"])
    with pytest.raises(PasskeyRefused):
        await member.add_passkey(town.db, neighbour, forged, "a log-in's", ORIGIN)
    assert await kept(town, other) == await kept(town, neighbour) == []
    assert await log_in(town, device.prove(asked)) == someone.id


async def test_only_the_key_that_was_kept_at_this_site_proves_anything(town: Town, someone: Actor) -> None:
    other = await join(town)
    device, theirs = await add(town, someone), await add(town, other)
    thief = Device()
    thief.credential_id, thief.handle = device.credential_id, device.handle
    await refuses(town, thief.prove(await ask(town)))
    elsewhere = device.prove(await ask(town))
    device.origin = "http://elsewhere"
    await refuses(town, device.prove(await ask(town)))
    await log_in(town, elsewhere)
    theirs.handle = device.handle
    await refuses(town, theirs.prove(await ask(town)))
    unknown = Device()
    unknown.handle = device.handle
    await refuses(town, unknown.prove(await ask(town)))
    made = Device("http://elsewhere").make(await start(town, someone))
    with pytest.raises(PasskeyRefused):
        await member.add_passkey(town.db, someone, made, "elsewhere", ORIGIN)
    assert len(await kept(town, someone)) == 1


HANDLES = [b"", b"abc", b"-5", b"0", str(MAX_ID + 1).encode(), "²".encode(), "٣".encode(), b"\xff\xfe"]


async def test_answers_that_make_no_sense_are_refused(town: Town, someone: Actor) -> None:
    device = await add(town, someone)
    options = await ask(town)
    for handle in HANDLES:
        device.handle = handle
        await refuses(town, device.prove(options))
    device.handle = str(someone.id).encode()
    good = device.prove(options)
    changes: list[dict[str, Any]] = [
        {"id": "a"},
        {"response": {}},
        {"id": None},
        {"response": good["response"] | {"userHandle": "a"}},
    ]
    for change in changes:
        await refuses(town, good | change)
    for data in ("", "a", encode(b"[]"), encode(b'{"challenge": "a"}'), encode(b'{"challenge": 1}')):
        await refuses(town, good | {"response": good["response"] | {"clientDataJSON": data}})
    for answer in ("", "{}", "[]", "null"):
        with pytest.raises(PasskeyRefused):
            await member.log_in_with_passkey(town.db, answer, ORIGIN)
        with pytest.raises(PasskeyRefused):
            await member.add_passkey(town.db, someone, answer, "x", ORIGIN)
    assert await log_in(town, good) == someone.id, "nothing of all that has used the challenge up"


async def test_a_member_keeps_twenty_with_names_of_forty_characters(town: Town, someone: Actor) -> None:
    devices = [await add(town, someone, "x" * 40) for _ in range(19)]
    for name in ("x" * 41, "a\nb", "a" * 20 + "\x00"):
        with pytest.raises(Invalid, match="at most 40 characters") as invalid:
            await add(town, someone, name)
        assert invalid.value.field == "name"
    twins = [Device(), Device()]
    first, second = [each.make(await start(town, someone)) for each in twins]
    excluded = json.loads(await start(town, someone))["excludeCredentials"]
    assert {each["id"] for each in excluded} == {encode(each.credential_id) for each in devices}
    await member.add_passkey(town.db, someone, first, "the twentieth", ORIGIN)
    with pytest.raises(TooManyPasskeys):
        await member.add_passkey(town.db, someone, second, "asked for while there were nineteen", ORIGIN)
    with pytest.raises(TooManyPasskeys):
        await start(town, someone)
    assert len(await kept(town, someone)) == 20
    await add(town, await join(town))


async def test_a_passkey_is_dropped_by_its_member_alone(town: Town, someone: Actor) -> None:
    other = await join(town)
    device, second = await add(town, someone), await add(town, someone)
    await town.db.run(member.drop_passkey, other, device.credential_id)
    assert len(await kept(town, someone)) == 2
    await town.db.run(member.drop_passkey, someone, device.credential_id)
    await town.db.run(member.drop_passkey, someone, device.credential_id)
    assert [each.credential_id for each in await kept(town, someone)] == [second.credential_id]
    await refuses(town, device.prove(await ask(town)))


async def test_an_address_asks_for_challenges_two_hundred_times_in_a_quarter_of_an_hour(
    town: Town, someone: Actor
) -> None:
    await ask(town)
    async with town.db.begin() as tx:
        await tx.run(SET_ASKS, 199)
    await ask(town)
    await ask(town, "another")
    for wait in (timedelta(minutes=15), TICK):
        with pytest.raises(TooMany) as refused:
            await ask(town)
        assert refused.value.retry_after == 900
        town.clock.shift += wait
    await ask(town)
