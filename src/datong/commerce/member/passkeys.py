"""Passkeys: a member's device proves who it is by a signature; nothing that could be stolen here is kept.

A challenge is random, kept for five minutes and taken away when it is answered, so that an answer counts once. A
passkey is found by its member: the device says whose it is (the user handle), and the signature proves it. Source:
WebAuthn level 2, by the `webauthn` library.
"""

import hashlib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from datong.commerce.member.sign_in import SESSION_DAYS, open_session
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_for, bucket_of, is_id
from datong.kernel.limit import count_attempt
from datong.kernel.refusal import Conflict, Invalid, NotAllowed
from datong.kernel.sql import changed_value, command, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

NAME = "Datong"
LIVES = timedelta(minutes=5)
MAX_PASSKEYS = 20
ASKS_BY_ADDRESS = 200
ASK_WINDOW_SECONDS = 900
MAX_NAME = 40


class PasskeyRefused(NotAllowed):
    """The passkey's answer does not prove anything."""

    code = "member.passkey_refused"

    def __init__(self) -> None:
        super().__init__("member:session:open")


class TooManyPasskeys(Conflict):
    """A member keeps at most twenty."""

    code = "member.too_many_passkeys"


class Passkey(msgspec.Struct, frozen=True):
    """A passkey as its member sees it."""

    credential_id: bytes
    name: str
    kept_at: datetime
    used_at: datetime | None


class _Kept(msgspec.Struct, frozen=True):
    public_key: bytes
    sign_count: int


class _Answer(msgspec.Struct):
    """The part of a device's answer that says which key and whose."""

    class Response(msgspec.Struct):
        userHandle: str = ""  # noqa: N815 - the standard's name
        clientDataJSON: str = ""  # noqa: N815 - as above

    id: str
    response: Response


class _Client(msgspec.Struct):
    challenge: str


ASK = command("insert into passkey_challenge (bkt, challenge, member_id, expires_at) values ($1, $2, $3, $4)")
TAKE = changed_value(
    int,
    """
    delete from passkey_challenge where bkt = $1 and challenge = $2 and member_id = $3 and expires_at > $4
    returning 1
    """,
)
CLOSE_EXPIRED = command("delete from passkey_challenge where expires_at <= $1")
KEEP = command(
    """
    insert into passkey (bkt, credential_id, member_id, public_key, sign_count, name, kept_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
    """
)
FIND = rows(
    _Kept, "select public_key, sign_count from passkey where bkt = $1 and credential_id = $2 and member_id = $3"
)
USE = command("update passkey set sign_count = $3, used_at = $4 where bkt = $1 and credential_id = $2")
LIST = rows(
    Passkey,
    """
    select credential_id, name, kept_at, used_at from passkey where bkt = $1 and member_id = $2
    order by kept_at limit 21
    """,
)
DROP = command("delete from passkey where bkt = $1 and credential_id = $2 and member_id = $3")


async def list_passkeys(tx: Tx, actor: Actor) -> list[Passkey]:
    """The actor's own passkeys, the oldest first."""
    actor.must("member:passkey:read", actor.id)
    return await tx.all(LIST, actor.bucket, actor.id)


async def start_passkey_registration(db: Db, actor: Actor, shown_name: str, base_url: str) -> str:
    """The options for a device to make a passkey, as JSON for the browser. Refuses `TooManyPasskeys`."""
    actor.must("member:passkey:edit", actor.id)
    async with db.begin(actor.bucket) as tx:
        kept = await _kept_with_room(tx, actor)
        options = generate_registration_options(
            rp_id=_rp(base_url), rp_name=NAME, user_id=str(actor.id).encode(), user_name=shown_name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in kept],
        )  # fmt: skip
        await tx.run(ASK, actor.bucket, options.challenge, actor.id, tx.now + LIVES)
    return options_to_json(options)


async def add_passkey(db: Db, actor: Actor, answer: str, name: str, base_url: str) -> None:
    """Keep the passkey that a device has made. Refuses `PasskeyRefused`, `TooManyPasskeys`, `Invalid`."""
    actor.must("member:passkey:edit", actor.id)
    shown = name.strip() or "Passkey"
    if len(shown) > MAX_NAME or not shown.isprintable():
        raise Invalid("name", f"at most {MAX_NAME} characters")
    challenge = _challenge_of(_read(answer))
    async with db.begin(actor.bucket) as tx:
        if await tx.maybe(TAKE, actor.bucket, challenge, actor.id, tx.now) is None:
            raise PasskeyRefused
        await _kept_with_room(tx, actor)
        try:
            made = verify_registration_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=_rp(base_url), expected_origin=base_url
            )
        except WebAuthnException:
            raise PasskeyRefused from None
        await tx.run(
            KEEP, actor.bucket, made.credential_id, actor.id, made.credential_public_key, made.sign_count, shown, tx.now
        )


@use_case("actor")
async def drop_passkey(tx: Tx, actor: Actor, credential_id: bytes) -> None:
    """Keep a passkey no longer; one that is not there is no matter."""
    actor.must("member:passkey:edit", actor.id)
    await tx.run(DROP, actor.bucket, credential_id, actor.id)


async def start_passkey_log_in(db: Db, base_url: str, address: str) -> str:
    """The options for any device to say and prove who its member is, as JSON for the browser.

    Refuses `TooMany` when this network address has asked too often.
    """
    await count_attempt(db, hashlib.sha256(f"k{address}".encode()).hexdigest(), ASKS_BY_ADDRESS, ASK_WINDOW_SECONDS)
    options = generate_authentication_options(
        rp_id=_rp(base_url), user_verification=UserVerificationRequirement.PREFERRED
    )
    bucket = bucket_for(options.challenge.hex())
    async with db.begin(bucket) as tx:
        await tx.run(ASK, bucket, options.challenge, 0, tx.now + LIVES)
    return options_to_json(options)


async def log_in_with_passkey(db: Db, answer: str, base_url: str) -> tuple[int, str]:
    """Open a session for whoever a device proves to be; answers the member's id and the token.

    Refuses `PasskeyRefused`.
    """
    read = _read(answer)
    challenge = _challenge_of(read)
    try:
        credential_id = base64url_to_bytes(read.id)
        handle = base64url_to_bytes(read.response.userHandle).decode()
    except ValueError:
        raise PasskeyRefused from None
    if not handle.isascii() or not handle.isdigit() or not is_id(int(handle)):
        raise PasskeyRefused
    member_id, waits = int(handle), bucket_for(challenge.hex())
    async with db.begin(waits) as tx:
        if await tx.maybe(TAKE, waits, challenge, 0, tx.now) is None:
            raise PasskeyRefused
    bucket = bucket_of(member_id)
    async with db.begin(bucket) as tx:
        kept = await tx.maybe(FIND, bucket, credential_id, member_id)
        if kept is None:
            raise PasskeyRefused
        try:
            proved = verify_authentication_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=_rp(base_url),
                expected_origin=base_url, credential_public_key=kept.public_key,
                credential_current_sign_count=kept.sign_count,
            )  # fmt: skip
        except WebAuthnException:
            raise PasskeyRefused from None
        await tx.run(USE, bucket, credential_id, proved.new_sign_count, tx.now)
        days = (await get_rules(tx)).value(SESSION_DAYS, tx.now)
    return member_id, await open_session(db, member_id, days)


async def forget_challenges(db: Db) -> int:
    """Forget challenges that nobody answered in time."""
    async with db.begin() as tx:
        return await tx.run(CLOSE_EXPIRED, tx.now)


async def _kept_with_room(tx: Tx, actor: Actor) -> list[Passkey]:
    """What a member keeps; refuses `TooManyPasskeys` when there is no room for another."""
    kept = await tx.all(LIST, actor.bucket, actor.id)
    if len(kept) >= MAX_PASSKEYS:
        raise TooManyPasskeys
    return kept


def _rp(base_url: str) -> str:
    return urlsplit(base_url).hostname or ""


def _read(answer: str) -> _Answer:
    try:
        return msgspec.json.decode(answer, type=_Answer)
    except msgspec.MsgspecError:
        raise PasskeyRefused from None


def _challenge_of(answer: _Answer) -> bytes:
    try:
        client = msgspec.json.decode(base64url_to_bytes(answer.response.clientDataJSON), type=_Client)
        return base64url_to_bytes(client.challenge)
    except (ValueError, msgspec.MsgspecError):
        raise PasskeyRefused from None
