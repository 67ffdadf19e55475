"""Appointing operators: members who work in one or more of the three centres."""

from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command
from datong.kernel.tx import Tx

OPERATOR_RIGHTS: dict[str, frozenset[str]] = {
    "consumer": frozenset({"member:read", "health:read", "promotion:read", "promotion:edit", "act:read"}),
    "industry": frozenset({"promotion:read", "promotion:edit", "shop:decide", "shop:read", "category:edit", "brand:authorise", "health:read", "act:read"}),
    "platform": frozenset(
        {
            "rulebook:edit", "storefront:edit", "fact:read", "fact:resend", "ledger:read", "dues:record",
            "shop:read", "health:read", "order:read", "promotion:read", "refund:read", "refund:resend",
            "dispute:decide", "review:moderate", "search:edit", "timer:read", "act:read",
        }
    ),
}  # fmt: skip
"""What the operators of each centre may do."""

PUT = command(
    """
    insert into operator (bkt, member_id, centres, appointed_at) values ($1, $2, $3, $4)
    on conflict (bkt, member_id) do update set centres = excluded.centres
    """
)


async def appoint_operator(tx: Tx, actor: Actor, member_id: int, centres: list[str]) -> None:
    """Let a member work in these centres, and no others; only the platform itself appoints."""
    actor.must("operator:operator:appoint")
    if not centres or not set(centres) <= OPERATOR_RIGHTS.keys():
        raise Invalid("centres", ", ".join(OPERATOR_RIGHTS))
    await tx.run(PUT, bucket_of(member_id), member_id, sorted(set(centres)), tx.now)
