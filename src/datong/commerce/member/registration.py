"""Joining: a log-in name is claimed in its own bucket, then the member is made in the member's."""

import re
import secrets

from datong.commerce.member.passwords import hash_password
from datong.facts.member import MemberRegistered
from datong.kernel.ids import BUCKETS, bucket_for, bucket_of
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import command, value
from datong.kernel.tx import Db, Tx
from datong.kernel.unique_names import claim_name, find_name

MIN_PASSWORD = 8
MAX_PASSWORD = 200
MAX_NAME = 40
LOGINS = "login"
_LOGIN = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,190}|[a-z0-9][a-z0-9_.-]{2,63}")


class LoginTaken(Conflict):
    """Someone has this log-in name already."""

    code = "member.login_taken"


class PasswordWeak(Invalid):
    """A password has 8 to 200 characters and is not the log-in name."""

    code = "member.password_weak"


EXISTS = value(int, "select 1 from member where bkt = $1 and member_id = $2")
PUT = command(
    "insert into member (bkt, member_id, display_name, password_hash, registered_at) values ($1, $2, $3, $4, $5)"
)


def clean_login(login: str) -> str:
    """The one spelling of a log-in name; refuses what is neither a name nor a mail address."""
    cleaned = login.strip().lower()
    if not _LOGIN.fullmatch(cleaned):
        raise Invalid("login", "a mail address, or 3 to 64 letters, digits, dots, dashes")
    return cleaned


async def register(db: Db, login: str, password: str, display_name: str = "") -> int:
    """Make a member; answers its id. Refuses `LoginTaken`, `PasswordWeak`, `Invalid`."""
    name = clean_login(login)
    shown = display_name.strip() or name.partition("@")[0]
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD or password.lower() == name:
        raise PasswordWeak("password", f"{MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if len(shown) > MAX_NAME or not shown.isprintable():
        raise Invalid("display_name", f"at most {MAX_NAME} characters")
    digest = await hash_password(password)
    bucket = secrets.randbelow(BUCKETS)
    async with db.begin(bucket_for(name)) as tx:
        member_id = tx.new_id(bucket)
        if await claim_name(tx, LOGINS, name, member_id, _is_made) != member_id:
            raise LoginTaken
    async with db.begin(bucket) as tx:
        await tx.run(PUT, bucket, member_id, shown, digest, tx.now)
        tx.emit(MemberRegistered(member_id=member_id, registered_at=tx.now))
    return member_id


async def _is_made(tx: Tx, member_id: int) -> bool:
    return await tx.maybe(EXISTS, bucket_of(member_id), member_id) is not None


async def find_member_by_login(tx: Tx, login: str) -> int | None:
    """The member's id, for the operator's command line."""
    return await find_name(tx, LOGINS, login)
