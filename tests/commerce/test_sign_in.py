"""Names, passwords and sessions: what is refused, how often one may guess, and when a session ends."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters

from datong.commerce import member
from datong.commerce.member import passwords, reactions
from datong.commerce.member.registration import MAX_PASSWORD, MIN_PASSWORD
from datong.commerce.member.sessions import OpenSession
from datong.commerce.member.sign_in import SESSION_DAYS, close_expired_sessions
from datong.commerce.rulebook import set_parameter
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import MAX_ID
from datong.kernel.refusal import Invalid, NotAllowed, NotFound, TooMany
from datong.kernel.sql import command, value
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import Town

OLD, NEW = "correct horse", "battery staple"
SET_GUESSES = command("update attempt_limit set count = $1 where count = $2")
QUARTER = timedelta(minutes=15)
TOLD = value(int, "select count(*) from fact_outbox where kind = 'MemberRegistered'")


@pytest.fixture
def street(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose members share one bucket and whose clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)
    return town


async def join(town: Town, login: str) -> Actor:
    return Actor(await member.register(town.db, login, OLD), "member")


async def enter(town: Town, login: str, password: str = OLD, address: str = "a") -> str:
    return (await member.log_in(town.db, login, password, address))[1]


async def lives(town: Town, *tokens: str) -> list[bool]:
    async with town.db.read() as tx:
        return [await member.find_session(tx, each) is not None for each in tokens]


async def open_sessions(town: Town, actor: Actor) -> list[OpenSession]:
    async with town.db.read() as tx:
        return await member.list_sessions(tx, actor)


async def test_names_and_passwords_are_taken_up_to_their_bounds(street: Town) -> None:
    db = street.db
    for number, password in enumerate(("x" * 8, "x" * 200)):
        assert await enter(street, f"name{await member.register(db, f'name{number}', password) and number}", password)
    for password in ("x" * 7, "x" * 201, "", "Name.Nine"):
        with pytest.raises(member.PasswordWeak, match=f"{MIN_PASSWORD} to {MAX_PASSWORD} characters") as weak:
            await member.register(db, "name.nine", password)
        assert weak.value.field == "password"
    for login in ("ab", "a b c", "@example.org", "x" * 65, "x@", "名字名字", ".abc"):
        with pytest.raises(Invalid, match="3 to 64") as invalid:
            await member.register(db, login, OLD)
        assert invalid.value.field == "login"
        with pytest.raises(member.WrongPassword):
            await enter(street, login)
    for shown in ("x" * 41, "a\nb", "x" * 41 + "\n"):
        with pytest.raises(Invalid, match="at most 40 characters") as invalid:
            await member.register(db, "name9", OLD, shown)
        assert invalid.value.field == "display_name"
    assert await member.register(db, "name9", OLD, f" {'x' * 40} ")


async def test_a_member_is_shown_by_its_name_or_the_first_part_of_its_login(street: Town) -> None:
    one, two = await join(street, "li.lei@example.org"), await join(street, "han")
    named = Actor(await member.register(street.db, "third", OLD, " Third One "), "member")
    staff = Actor(9, "member", {}, frozenset({"member:read"}))
    async with street.db.read() as tx:
        assert await member.get_names(tx, [one.id, named.id, one.id, 77]) == {one.id: "li.lei", named.id: "Third One"}
        assert await member.get_names(tx, []) == {}
        for actor, shown in ((one, "li.lei"), (two, "han"), (named, "Third One")):
            profile = await member.get_profile(tx, actor)
            assert (profile.member_id, profile.display_name, profile.registered_at) == (actor.id, shown, tx.now)
            assert await member.find_member(tx, staff, actor.id) == profile
        nobody = Actor(tx.new_id(77), "member")
        for attempt in (member.get_profile(tx, nobody), member.find_member(tx, staff, nobody.id)):
            with pytest.raises(NotFound) as missing:
                await attempt
            assert missing.value.details() == {"thing": "member", "id": str(nobody.id)}
        assert await tx.one(TOLD) == 3


async def test_an_empty_list_of_names_asks_nothing(street: Town) -> None:
    async with street.db.read() as tx:
        before = street.db.round_trips
        assert await member.get_names(tx, []) == {}
        assert await member.tags_of(tx, []) == {}
        assert street.db.round_trips == before


async def test_a_name_that_is_taken_stays_taken_after_a_minute(street: Town) -> None:
    one = await join(street, "li.lei")
    street.move_clock(days=1)
    with pytest.raises(member.LoginTaken):
        await join(street, "li.lei")
    async with street.db.read() as tx:
        assert await member.find_member_by_login(tx, "li.lei") == one.id
        assert await member.find_member_by_login(tx, "nobody") is None


async def test_a_wrong_password_and_a_name_of_nobody_get_the_same_answer(street: Town) -> None:
    await join(street, "li.lei")
    await join(street, "han")
    for login, password in (("li.lei", NEW), ("nobody", OLD), ("nobody", "nobody logs in with this"), ("?", OLD)):
        with pytest.raises(member.WrongPassword) as refused:
            await enter(street, login, password)
        assert refused.value.details() == {"right": "member:session:open"}
    assert not await passwords.is_password("no hash at all", OLD)
    assert await passwords.is_password(await passwords.hash_password(OLD), OLD)


async def test_a_name_has_five_guesses_and_the_right_one_clears_them(street: Town) -> None:
    await join(street, "li.lei")

    async def guess(times: int) -> None:
        for _ in range(times):
            with pytest.raises(member.WrongPassword):
                await enter(street, "li.lei", NEW, f"address {street.next()}")

    await guess(4)
    await enter(street, "li.lei")
    await guess(5)
    for wait in (QUARTER, TICK):
        with pytest.raises(TooMany) as refused:
            await enter(street, "li.lei", address=f"address {street.next()}")
        assert refused.value.retry_after == 900
        street.clock.shift += wait
    await enter(street, "li.lei")


async def test_an_address_has_thirty_guesses_that_its_own_account_does_not_clear(street: Town) -> None:
    await join(street, "li.lei")
    with pytest.raises(member.WrongPassword):
        await enter(street, "nobody")
    async with street.db.begin() as tx:
        await tx.run(SET_GUESSES, 28, 1)
    for _ in range(2):
        await enter(street, "li.lei")
    with pytest.raises(member.WrongPassword):
        await enter(street, "nobody.else")
    await enter(street, "li.lei")
    with pytest.raises(member.WrongPassword):
        await enter(street, "nobody.at.all")
    with pytest.raises(TooMany):
        await enter(street, "li.lei")
    assert await enter(street, "li.lei", address="another")


async def test_a_session_ends_at_its_instant_and_is_then_forgotten(street: Town) -> None:
    one, two = await join(street, "li.lei"), await join(street, "han")
    async with street.db.begin() as tx:
        await set_parameter(tx, SYSTEM, SESSION_DAYS.name, 2)
    mine, theirs = await enter(street, "li.lei"), await enter(street, "han")
    longer = await member.open_session(street.db, one.id)
    async with street.db.begin(two.bucket) as tx:
        await member.appoint_operator(tx, SYSTEM, two.id, ["platform", "consumer", "platform"])
    async with street.db.read() as tx:
        session, staff = await member.find_session(tx, mine), await member.find_session(tx, theirs)
    assert session
    assert staff
    assert (session.member_id, session.display_name, session.centres) == (one.id, "li.lei", None)
    assert (staff.member_id, staff.display_name, staff.centres) == (two.id, "han", ["consumer", "platform"])
    assert session.expires_at == street.db.now() + timedelta(days=2)
    street.clock.shift += timedelta(days=2) - TICK
    assert await lives(street, mine, theirs, longer) == [True] * 3
    assert await close_expired_sessions(street.db) == 0
    street.clock.shift += TICK
    assert await lives(street, mine, theirs, longer) == [False, False, True]
    (last,) = await open_sessions(street, one)
    assert last.expires_at - last.opened_at == timedelta(days=30)
    assert await reactions.forget_expired_sessions.act(street.adapters) == 2


async def test_what_is_no_token_finds_and_ends_nothing(street: Town) -> None:
    one, two = await join(street, "li.lei"), await join(street, "han")
    mine, theirs = await enter(street, "li.lei"), await enter(street, "han")
    assert len(mine.partition(".")[2]) == 43, "256 bits in base 64"
    secret = mine.partition(".")[2]
    strange = ["", ".", secret, f"-1.{secret}", f"{MAX_ID + 1}.{secret}", f"²{secret}", f"².{secret}", f"x.{secret}"]
    strange += [f"{two.id}.{secret}", f"{one.id}.", f"{MAX_ID}.{secret}", f"٣.{secret}", f"{one.id}.{secret[:-1]}"]
    assert await lives(street, *strange) == [False] * len(strange)
    for token in strange:
        await member.log_out(street.db, token)
    assert await lives(street, mine, theirs) == [True, True]
    await member.log_out(street.db, mine)
    assert await lives(street, mine, theirs) == [False, True]


async def test_sessions_are_the_members_own_and_all_but_one_can_be_ended(street: Town) -> None:
    one, two = await join(street, "li.lei"), await join(street, "han")
    ended = await member.open_session(street.db, one.id, 1)
    street.clock.shift += timedelta(days=1)
    mine = []
    for _ in range(3):
        mine.append(await enter(street, "li.lei"))
        street.clock.shift += TICK
    theirs = await enter(street, "han")
    opened = [each.opened_at for each in await open_sessions(street, one)]
    assert opened == [street.db.now() - TICK * each for each in (1, 2, 3)]
    assert await street.db.run(member.end_other_sessions, one, mine[1]) == 3, "one of them had run out"
    assert await lives(street, ended, *mine, theirs) == [False, False, True, False, True]
    assert [each.opened_at for each in await open_sessions(street, one)] == [opened[1]]
    with pytest.raises(NotAllowed):
        await open_sessions(street, Actor(two.id))


async def test_a_password_is_changed_by_who_knows_it_and_every_other_session_ends(street: Town) -> None:
    one, _ = await join(street, "li.lei"), await join(street, "han")
    here, there, theirs = [await enter(street, each) for each in ("li.lei", "li.lei", "han")]
    for new in ("x" * 7, "x" * 201):
        with pytest.raises(member.PasswordWeak, match="8 to 200 characters") as weak:
            await member.change_password(street.db, one, OLD, new, here)
        assert weak.value.field == "password"
    with pytest.raises(member.WrongPassword):
        await member.change_password(street.db, one, NEW, NEW, here)
    assert await lives(street, here, there) == [True, True]
    await member.change_password(street.db, one, OLD, "x" * 8, here)
    assert await lives(street, here, there, theirs) == [True, False, True]
    await member.change_password(street.db, one, "x" * 8, "x" * 200, here)
    with pytest.raises(member.WrongPassword):
        await enter(street, "li.lei")
    assert await enter(street, "li.lei", "x" * 200)
    assert await enter(street, "han")


async def test_an_old_password_is_tried_ten_times_in_a_quarter_of_an_hour(street: Town) -> None:
    one, two = await join(street, "li.lei"), await join(street, "han")
    for _ in range(10):
        with pytest.raises(member.WrongPassword):
            await member.change_password(street.db, one, NEW, NEW, "")
    await member.change_password(street.db, two, OLD, NEW, "")
    for wait in (QUARTER, TICK):
        with pytest.raises(TooMany) as refused:
            await member.change_password(street.db, one, OLD, NEW, "")
        assert refused.value.retry_after == 900
        street.clock.shift += wait
    await member.change_password(street.db, one, OLD, NEW, "")


async def test_a_member_that_is_gone_has_no_password_to_change(street: Town) -> None:
    with pytest.raises(member.WrongPassword):
        await member.change_password(street.db, Actor(77, "member"), OLD, NEW, "")


async def test_operators_work_in_the_centres_there_are(street: Town) -> None:
    one = await join(street, "li.lei")
    token = await enter(street, "li.lei")
    async with street.db.begin(one.bucket) as tx:
        for centres in ([], ["galaxy"], ["platform", "galaxy"]):
            with pytest.raises(Invalid, match="consumer, industry, platform") as invalid:
                await member.appoint_operator(tx, SYSTEM, one.id, centres)
            assert invalid.value.field == "centres"
        for wanted in (["industry"], list(member.CENTRES)):
            await member.appoint_operator(tx, SYSTEM, one.id, wanted)
            session = await member.find_session(tx, token)
            assert session
            assert session.centres == wanted


async def test_passwords_are_hashed_with_at_least_what_owasp_asks_for() -> None:
    """19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet. Read before tests put a quicker one in."""
    kept = extract_parameters(passwords.NO_ONES_HASH)
    assert (kept.memory_cost, kept.time_cost, kept.parallelism) == (19 * 1024, 2, 1)
    assert kept.type == PasswordHasher().type
    assert not await passwords.is_password(passwords.NO_ONES_HASH, ""), "it is nobody's"
