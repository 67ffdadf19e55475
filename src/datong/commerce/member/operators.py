"""Operators: members who work in one or more of the three centres."""

from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command
from datong.kernel.tx import Tx

CENTRES: tuple[str, ...] = ("consumer", "industry", "platform")
"""The centres that operators work in; what each may do is declared by the rooms (`house.rights_of`)."""

PUT = command(
    """
    insert into operator (bkt, member_id, centres, appointed_at) values ($1, $2, $3, $4)
    on conflict (bkt, member_id) do update set centres = excluded.centres
    """
)


async def appoint_operator(tx: Tx, actor: Actor, member_id: int, centres: list[str]) -> None:
    """Let a member work in these centres and no others.

    Only the platform itself may; raises `NotAllowed`, `Invalid`.
    """
    actor.must("operator:operator:appoint")
    if not centres or not set(centres) <= set(CENTRES):
        raise Invalid("centres", ", ".join(CENTRES))
    await tx.run(PUT, bucket_of(member_id), member_id, sorted(set(centres)), tx.now)
