"""Grants: a benefit that one programme gives through another, by its name and once (a coupon, coins).

The programme that gives bears its own budget: it decides whether to give, and the terms say of what. Which kinds of
benefits there are is declared by the rooms that can give them.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from datong.kernel.house import House, Port
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

GrantTerms = Mapping[str, Any]
"""What a benefit needs to know: a template, an amount. Plain JSON values."""
MAX_KEY = 120


class GrantUnknown(NotFound):
    """No room of this installation gives a benefit of this name."""

    code = "member.grant_unknown"

    def __init__(self, name: str) -> None:
        super().__init__("grant", name[:40])


class Grant(Port, frozen=True, kw_only=True):
    """A kind of benefit. `key` is its name.

    `give(tx, owner_id, key, terms)` runs in a transaction of the owner's bucket, once for each owner, name and key, and
    writes nothing else; what needs another bucket is told as a fact. It refuses terms that it cannot give, which then
    are not noted as given.
    """

    give: Callable[[Tx, int, str, GrantTerms], Awaitable[None]]


PUT = command(
    """
    insert into grant_given (bkt, owner_id, name, key, terms, given_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing
    """
)
REFUSE = command(
    "update grant_given set refused = $5 where bkt = $1 and owner_id = $2 and name = $3 and key = $4 and refused = ''"
)


@use_case("owner_id")
async def give_grant(tx: Tx, name: str, owner_id: int, key: str, terms: GrantTerms) -> bool:
    """Give a member a benefit, once for each name and key, however often it is asked for; False if it was given before.

    `terms` are the benefit's own. Refuses `GrantUnknown`, `Invalid` for an empty or too long key, and whatever the
    benefit's room has against the terms.
    """
    grant = _grant_of(tx.house, name)
    if not 0 < len(key) <= MAX_KEY:
        raise Invalid("key", f"1 to {MAX_KEY} characters")
    if not await tx.run(PUT, bucket_of(owner_id), owner_id, name, key, dict(terms), tx.now):
        return False
    await grant.give(tx, owner_id, key, terms)
    return True


async def note_refused_grant(tx: Tx, name: str, owner_id: int, key: str, reason: str) -> None:
    """Note that a benefit which another bucket had to give could not be given; `reason` is a refusal's code."""
    await tx.run(REFUSE, bucket_of(owner_id), owner_id, name, key, reason)


def _grant_of(house: House, name: str) -> Grant:
    found = house.ports(Grant).get(name)
    if found is None:
        raise GrantUnknown(name)
    return found
