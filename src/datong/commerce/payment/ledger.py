"""The ledger: every movement of money is one posting, its legs sum to zero, its accounts never overdraw.

An account is a kind and an owner in a bucket. What is owed to somebody is positive; the outside adapters
(`gateway`, `bank`) is negative by what it has handed over. The sum over all accounts is zero, always.

Which accounts there are, and which may go below zero, is declared by the rooms (`accounts.py`, `Room.accounts`).
"""

from collections.abc import Sequence

import msgspec

from datong.kernel.money import MAX_AMOUNT
from datong.kernel.sql import command
from datong.kernel.tx import Tx

PLATFORM = 0


class Leg(msgspec.Struct, frozen=True):
    """One side of a posting: this account gets (or, below zero, gives) so much."""

    account: str
    owner_id: int
    amount: int


POST = command("select ledger_post($1, $2, $3, $4, $5, $6, $7::bigint[], $8::text[], $9::bigint[], $10::bigint[])")


async def post(tx: Tx, legs: Sequence[Leg], currency: str, kind: str, ref_id: int) -> int:
    """Post legs that sum to zero, in this transaction's bucket; answers the posting's id.

    An account that must not overdraw makes the database refuse, and with it the whole transaction: that is
    a bug of the caller, who checks by a conditional write first.
    """
    merged: dict[tuple[str, int], int] = {}
    for leg in legs:
        place = (leg.account, leg.owner_id)
        merged[place] = merged.get(place, 0) + leg.amount
    moving = sorted((place, amount) for place, amount in merged.items() if amount)
    if sum(merged.values()) != 0 or any(abs(amount) > MAX_AMOUNT for _, amount in moving):
        msg = f"posting {kind} of {ref_id} does not sum to zero: {legs}"
        raise ValueError(msg)
    posting_id = tx.new_id()
    if not moving:
        return posting_id
    accounts = [account for (account, _), _ in moving]
    owners = [owner_id for (_, owner_id), _ in moving]
    amounts = [amount for _, amount in moving]
    entry_ids = [tx.new_id() for _ in moving]
    await tx.run(POST, tx.bucket, tx.now, posting_id, currency, kind, ref_id, entry_ids, accounts, owners, amounts)
    return posting_id
