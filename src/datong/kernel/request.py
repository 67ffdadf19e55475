"""Request keys: whatever a client sends twice happens once.

A key belongs to one owner (an actor, or the order or shop acted on), in its bucket. The same key with the same body
answers what it answered before; with another body it is refused. A use case of one transaction calls `remember`. A saga
calls `claim` first, which gives its work one stable id however often it is begun; the function `request_answer` of the
database is called by the statement that completes it.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import changed, changed_value, command, rows
from datong.kernel.tx import Db, Tx

MAX_KEY = 100
LEASE_SECONDS = 3
"""How long a saga works under its claim before another sender of the same key takes it over; safe if too short."""


class KeyReused(Conflict):
    """The request key was used before for something else."""

    code = "kernel.request_key_reused"


class StillWorking(Conflict):
    """The same request is being worked on at this moment."""

    code = "kernel.request_in_progress"


class Claim(msgspec.Struct, frozen=True):
    """One piece of work under a request key."""

    ref_id: int
    """The id of what comes of it; the same for every attempt."""
    attempt: int
    is_answered: bool
    body_hash: bytes
    is_free: bool


class Asked(msgspec.Struct, frozen=True):
    """A key that somebody has used, for whatever."""

    actor_id: int
    request_key: str


FIND = rows(
    Claim,
    """
    select ref_id, attempt, is_answered, body_hash, lease_until < $4 as is_free
    from request where bkt = $1 and actor_id = $2 and request_key = $3
    """,
)
PUT = changed_value(
    int,
    """
    insert into request (bkt, actor_id, request_key, body_hash, ref_id, attempt, is_answered, lease_until, asked_at)
    values ($1, $2, $3, $4, $5, 1, $6, $7, $8) on conflict do nothing returning attempt
    """,
)
ASKED = rows(
    Asked,
    """
    select r.actor_id, r.request_key from unnest($1::integer[], $2::bigint[], $3::text[]) as w (bkt, owner_id,
        request_key)
    join request r on r.bkt = w.bkt and r.actor_id = w.owner_id and r.request_key = w.request_key
    """,
)
CLAIM = changed_value(
    int,
    "select request_claim($1, $2, $3, $4::integer[], $5::bigint[], $6::text[], $7::bytea[], $8::bigint[])",
)
TAKE_OVER = changed(
    Claim,
    """
    update request set attempt = attempt + 1, lease_until = $4
    where bkt = $1 and actor_id = $2 and request_key = $3 and not is_answered and lease_until < $5
    returning ref_id, attempt, is_answered, body_hash, false as is_free
    """,
)
DROP = command(
    """
    delete from request
    where bkt = $1 and actor_id = $2 and request_key = $3 and attempt = $4 and not is_answered
    """
)


def hash_of(body: object) -> bytes:
    """What makes two bodies the same: their canonical encoding."""
    return hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest()


def check_key(key: str) -> str:
    """Refuse an empty or overlong key."""
    if not 1 <= len(key) <= MAX_KEY or not key.isprintable():
        raise Invalid("request_key", f"1 to {MAX_KEY} printable characters")
    return key


async def remember(tx: Tx, owner_id: int, key: str, body: object, ref_id: int) -> int | None:
    """For a use case of one transaction in the owner's bucket: None when this is the first time.

    Otherwise the id that the first time gave; the caller then answers that and writes nothing. A second
    sender at the same moment waits for the first one's transaction.
    """
    digest = hash_of(body)
    args = (tx.bucket, owner_id, check_key(key), digest, ref_id, True, tx.now, tx.now)
    if await tx.maybe(PUT, *args) is not None:
        return None
    found = await tx.one(FIND, tx.bucket, owner_id, key, tx.now)
    if found.body_hash != digest:
        raise KeyReused
    if not found.is_answered:
        raise StillWorking
    return found.ref_id


async def find_asked(tx: Tx, keys: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which of these keys (owner, key) were ever used."""
    owners, texts = [owner_id for owner_id, _ in keys], [key for _, key in keys]
    found = await tx.all(ASKED, [bucket_of(each) for each in owners], owners, texts)
    return {(each.actor_id, each.request_key) for each in found}


class FirstClaim(msgspec.Struct, frozen=True):
    """A claim somebody makes: whose, under which key, for which body, and the id of what shall come of it."""

    owner_id: int
    key: str
    body_hash: bytes
    ref_id: int


async def claim_first(db: Db, claims: Sequence[FirstClaim]) -> set[int]:
    """Begin sagas under keys nobody has used; answers the `ref_id` of those. For the others ask `claim`."""
    made: set[int] = set()
    now = db.now()
    until = now + timedelta(seconds=LEASE_SECONDS)
    for buckets in db.groups(bucket_of(each.owner_id) for each in claims):
        mine = [each for each in claims if bucket_of(each.owner_id) in buckets]
        made.update(
            await db.once(
                buckets[0], CLAIM, buckets[0], now, until, [bucket_of(each.owner_id) for each in mine],
                [each.owner_id for each in mine], [each.key for each in mine], [each.body_hash for each in mine],
                [each.ref_id for each in mine], is_async_commit=True,
            )
        )  # fmt: skip
    return made


async def claim(tx: Tx, owner_id: int, key: str, digest: bytes, ref_id: int) -> Claim:
    """Begin a saga under a key for the body of this `hash_of`.

    Refuses `KeyReused`, and `StillWorking` while another attempt is at it.

    An attempt whose lease ran out (its process was killed) is taken over under the same `ref_id`.
    """
    until = tx.now + timedelta(seconds=LEASE_SECONDS)
    args = (tx.bucket, owner_id, check_key(key), digest, ref_id, False, until, tx.now)
    if await tx.maybe(PUT, *args) is not None:
        return Claim(ref_id, 1, is_answered=False, body_hash=digest, is_free=False)
    found = await tx.one(FIND, tx.bucket, owner_id, key, tx.now)
    if found.body_hash != digest:
        raise KeyReused
    if found.is_answered:
        return found
    taken = await tx.maybe(TAKE_OVER, tx.bucket, owner_id, key, until, tx.now)
    if taken is None:
        raise StillWorking
    return taken


async def give_up(tx: Tx, owner_id: int, key: str, attempt: int) -> bool:
    """A refused attempt leaves no trace, so the same key may be tried again; False if it was taken over."""
    return bool(await tx.run(DROP, tx.bucket, owner_id, key, attempt))
