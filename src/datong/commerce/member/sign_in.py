"""Signing in and out: sessions with a secret token, and limits on guessing.

A token is the member's id and 256 random bits; only its hash is kept. Five wrong passwords for one name
in a quarter of an hour, or thirty from one address, and the door stays shut until the window ends.
Source of the numbers: DESIGN, rulebook parameters.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec

from datong.commerce.member.passwords import NO_ONES_HASH, is_password
from datong.commerce.member.registration import clean_login, find_member_by_login
from datong.commerce.rulebook import Parameter, get_rules
from datong.kernel.ids import MAX_ID, bucket_of
from datong.kernel.limit import clear_attempts, count_attempt, forgive_attempt
from datong.kernel.refusal import Invalid, NotAllowed
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db, Tx

SESSION_DAYS = Parameter("member.session_days", int, 30, "DESIGN", bounds=(1, 365))
GUESSES_BY_NAME = Parameter("member.guesses_by_name", int, 5, "DESIGN", bounds=(1, 1_000))
GUESSES_BY_ADDRESS = Parameter("member.guesses_by_address", int, 30, "DESIGN", bounds=(1, 10_000))
GUESS_WINDOW_SECONDS = Parameter("member.guess_window_seconds", int, 900, "DESIGN", bounds=(60, 86_400))


class WrongPassword(NotAllowed):
    """The log-in name or the password is wrong; which of them is not said."""

    code = "member.wrong_password"

    def __init__(self) -> None:
        super().__init__("member:session:open")


class Session(msgspec.Struct, frozen=True):
    """A living session."""

    member_id: int
    display_name: str
    expires_at: datetime
    centres: list[str] | None


HASH_OF = value(str, "select password_hash from member where bkt = $1 and member_id = $2")
OPEN = command("insert into session (bkt, token_hash, member_id, opened_at, expires_at) values ($1, $2, $3, $4, $5)")
FIND = rows(
    Session,
    """
    select s.member_id, m.display_name, s.expires_at, o.centres
    from session s
    join member m on m.bkt = s.bkt and m.member_id = s.member_id
    left join operator o on o.bkt = s.bkt and o.member_id = s.member_id
    where s.bkt = $1 and s.token_hash = $2 and s.expires_at > $3
    """,
)
CLOSE = command("delete from session where bkt = $1 and token_hash = $2")
CLOSE_EXPIRED = command("delete from session where expires_at <= $1")


async def log_in(db: Db, login: str, password: str, address: str) -> tuple[int, str]:
    """Check the password and open a session; answers the member's id and the token.

    Refuses `WrongPassword`, and `TooMany` when this name or this network address has guessed too often.
    """
    try:
        name = clean_login(login)
    except Invalid:
        raise WrongPassword from None
    async with db.read() as tx:
        rules, now = await get_rules(tx), tx.now
        member_id = await find_member_by_login(tx, name)
        kept = None if member_id is None else await tx.maybe(HASH_OF, bucket_of(member_id), member_id)
    window = rules.value(GUESS_WINDOW_SECONDS, now)
    by_name, by_address = (hashlib.sha256(each.encode()).hexdigest() for each in ("n" + name, "a" + address))
    await count_attempt(db, by_address, rules.value(GUESSES_BY_ADDRESS, now), window)
    await count_attempt(db, by_name, rules.value(GUESSES_BY_NAME, now), window)
    if not await is_password(kept or NO_ONES_HASH, password) or member_id is None or kept is None:
        raise WrongPassword
    await clear_attempts(db, by_name)
    # Whoever has an account of his own could otherwise reset what his address has guessed at others'.
    await forgive_attempt(db, by_address)
    return member_id, await open_session(db, member_id, rules.value(SESSION_DAYS, now))


async def open_session(db: Db, member_id: int, days: int = 30) -> str:
    """Open a session for a member whose identity is proved; answers its token."""
    secret = secrets.token_urlsafe(32)
    token = f"{member_id}.{secret}"
    bucket = bucket_of(member_id)
    async with db.begin(bucket) as tx:
        await tx.run(OPEN, bucket, hash_token(token), member_id, tx.now, tx.now + timedelta(days=days))
    return token


async def find_session(tx: Tx, token: str) -> Session | None:
    """The living session of a token, or None."""
    owner = token.partition(".")[0]
    if not owner.isascii() or not owner.isdigit() or int(owner) > MAX_ID:
        return None
    return await tx.maybe(FIND, bucket_of(int(owner)), hash_token(token), tx.now)


async def log_out(db: Db, token: str) -> None:
    """End a session; ending it twice is no matter."""
    owner = token.partition(".")[0]
    if not owner.isascii() or not owner.isdigit() or int(owner) > MAX_ID:
        return
    async with db.begin(bucket_of(int(owner))) as tx:
        await tx.run(CLOSE, tx.bucket, hash_token(token))


async def close_expired_sessions(db: Db) -> int:
    """Forget sessions that have run out."""
    async with db.begin() as tx:
        return await tx.run(CLOSE_EXPIRED, tx.now)


def hash_token(token: str) -> bytes:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).digest()
