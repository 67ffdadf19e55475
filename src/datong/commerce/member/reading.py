"""Reading members."""

from datetime import datetime

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.refusal import NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class Profile(msgspec.Struct, frozen=True):
    """What a member sees of itself."""

    member_id: int
    display_name: str
    registered_at: datetime


PROFILE = rows(Profile, "select member_id, display_name, registered_at from member where bkt = $1 and member_id = $2")


async def get_profile(tx: Tx, actor: Actor) -> Profile:
    """The asking member itself."""
    actor.must("member:profile:read", actor.id)
    profile = await tx.maybe(PROFILE, actor.bucket, actor.id)
    if profile is None:
        raise NotFound("member", actor.id)
    return profile
