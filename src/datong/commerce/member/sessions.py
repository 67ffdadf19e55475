"""What a member does for its own safety: another password, and an end to every session elsewhere."""

from datetime import datetime

import msgspec

from datong.commerce.member.passwords import NO_ONES_HASH, hash_password, is_password
from datong.commerce.member.registration import MAX_PASSWORD, MIN_PASSWORD, PasswordWeak
from datong.commerce.member.sign_in import HASH_OF, WrongPassword, hash_token
from datong.kernel.actor import Actor
from datong.kernel.limit import count_attempt
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

TRIES = 10
WINDOW_SECONDS = 900


class OpenSession(msgspec.Struct, frozen=True):
    """Where the member is logged in, without the token."""

    token_hash: bytes
    opened_at: datetime
    expires_at: datetime


SET_PASSWORD = command("update member set password_hash = $3 where bkt = $1 and member_id = $2")
SESSIONS = rows(
    OpenSession,
    """
    select token_hash, opened_at, expires_at from session
    where bkt = $1 and member_id = $2 and expires_at > $3 order by opened_at desc limit 50
    """,
)
END_OTHERS = command("delete from session where bkt = $1 and member_id = $2 and token_hash <> $3")


async def list_sessions(tx: Tx, actor: Actor) -> list[OpenSession]:
    """Where the actor is logged in, the newest first, up to fifty."""
    actor.must("member:session:read", actor.id)
    return await tx.all(SESSIONS, actor.bucket, actor.id, tx.now)


@use_case("actor")
async def end_other_sessions(tx: Tx, actor: Actor, token: str) -> int:
    """End every session of the actor but the one of this token; answers how many.

    Another process follows in two seconds.
    """
    actor.must("member:session:end", actor.id)
    return await tx.run(END_OTHERS, actor.bucket, actor.id, hash_token(token))


async def change_password(db: Db, actor: Actor, old: str, new: str, token: str) -> None:
    """Another password for who knows the old one; every other session ends.

    Refuses `WrongPassword`, `PasswordWeak`, `TooMany`.
    """
    actor.must("member:password:change", actor.id)
    if not MIN_PASSWORD <= len(new) <= MAX_PASSWORD:
        raise PasswordWeak("password", f"{MIN_PASSWORD} to {MAX_PASSWORD} characters")
    await count_attempt(db, f"password:{actor.id}", TRIES, WINDOW_SECONDS)
    async with db.read() as tx:
        kept = await tx.maybe(HASH_OF, actor.bucket, actor.id)
    if not await is_password(kept or NO_ONES_HASH, old):
        raise WrongPassword
    digest = await hash_password(new)
    async with db.begin(actor.bucket) as tx:
        await tx.run(SET_PASSWORD, actor.bucket, actor.id, digest)
        await end_other_sessions(tx, actor, token)
