"""Reading members."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
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


async def find_member(tx: Tx, actor: Actor, member_id: int) -> Profile:
    """A member as the consumer centre sees it: no address, no log-in name. Refuses `NotFound`."""
    actor.must("operator:member:read")
    profile = await tx.maybe(PROFILE, bucket_of(member_id), member_id)
    if profile is None:
        raise NotFound("member", member_id)
    return profile


class Named(msgspec.Struct, frozen=True):
    """A member as others see it."""

    member_id: int
    display_name: str


NAMES = rows(Named, "select member_id, display_name from member where bkt = any($1) and member_id = any($2)")


async def get_names(tx: Tx, member_ids: Iterable[int]) -> dict[int, str]:
    """How members call themselves, by id; those that do not exist are missing."""
    wanted = sorted(set(member_ids))
    if not wanted:
        return {}
    found = await tx.all(NAMES, sorted({bucket_of(each) for each in wanted}), wanted)
    return {each.member_id: each.display_name for each in found}
