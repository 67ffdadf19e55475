"""Coins: earned, spent in a purchase, given back when it comes to nothing. 100 are one yuan (domain.md §10).

Not cash.
"""

import msgspec

from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import changed_value, rows
from datong.kernel.tx import Tx


class Coins(msgspec.Struct, frozen=True):
    """What a member has."""

    member_id: int
    balance: int


MANY = rows(
    Coins,
    """
    select c.member_id, c.balance from unnest($1::integer[], $2::bigint[]) as w (bkt, member_id)
    join coin_account c on c.bkt = w.bkt and c.member_id = w.member_id
    """,
)
ENTER = changed_value(bool, "select coin_enter($1, $2, $3, $4, $5, $6)")


async def get_coins(tx: Tx, member_ids: list[int]) -> dict[int, int]:
    """How many coins each of these members has; who never had any is missing."""
    found = await tx.all(MANY, [bucket_of(each) for each in member_ids], member_ids)
    return {each.member_id: each.balance for each in found}


async def earn_coins(tx: Tx, member_id: int, amount: int, reason: str, ref_id: int) -> bool:
    """Give coins to a member in its bucket, once for each reason and reference; False if they were given before."""
    if amount <= 0:
        raise Invalid("amount", "a whole positive number")
    return await tx.one(ENTER, bucket_of(member_id), tx.now, member_id, amount, reason, ref_id)
