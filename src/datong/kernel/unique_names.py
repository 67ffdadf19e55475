"""Names that are unique on the whole platform, while their owners live in other buckets.

A name is claimed in the bucket of its text before its owner is made. If the process dies between the
two, the claim is free again after a minute, because its owner still does not exist.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from datong.kernel.ids import bucket_for
from datong.kernel.sql import changed_value, rows
from datong.kernel.tx import Tx

UNFINISHED = timedelta(minutes=1)


class Claimed(msgspec.Struct, frozen=True):
    """Who holds a name, and since when."""

    owner_id: int
    claimed_at: datetime


FIND = rows(Claimed, "select owner_id, claimed_at from name_claim where bkt = $1 and space = $2 and name = $3")
CLAIM = changed_value(
    int,
    """
    insert into name_claim as c (bkt, space, name, owner_id, claimed_at) values ($1, $2, $3, $4, $5)
    on conflict (bkt, space, name) do update set
        owner_id = case when c.owner_id = $6 then $4 else c.owner_id end,
        claimed_at = case when c.owner_id = $6 then $5 else c.claimed_at end
    returning owner_id
    """,
)


async def claim_name(
    tx: Tx, space: str, name: str, owner_id: int, is_made: Callable[[Tx, int], Awaitable[bool]]
) -> int:
    """Claim a name of a space for an owner yet to be made; answers who holds it now (that owner, or another)."""
    bucket = bucket_for(name)
    held = await tx.maybe(FIND, bucket, space, name)
    left = 0
    if held and held.claimed_at < tx.now - UNFINISHED and not await is_made(tx, held.owner_id):
        left = held.owner_id
    return await tx.one(CLAIM, bucket, space, name, owner_id, tx.now, left)


async def find_name(tx: Tx, space: str, name: str) -> int | None:
    """Who holds a name, or None."""
    held = await tx.maybe(FIND, bucket_for(name), space, name)
    return None if held is None else held.owner_id
