"""Penalties: what is ranked down for a while, and what is not shown at all. A direct link goes on working.

Source: domain.md §18: cheating is ranked down for 30 days; a shielded shop disappears from search.
"""

from datetime import datetime, timedelta

import msgspec

from datong.commerce import catalog, merchant
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.cache import CachedTable
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case
from datong.platform.search.parameters import PENALTY_DAYS, PENALTY_FACTOR

MAX_PENALTIES = 1000
MAX_REASON = 200
SUBJECTS = frozenset({"shop", "product"})


class TooManyPenalties(Conflict):
    """So many are in force that each search would be slowed down by them."""

    code = "search.too_many_penalties"

    def __init__(self, most: int) -> None:
        self.most = most


class Penalty(msgspec.Struct, frozen=True):
    """A shop or product that keeps only a part of its score (0: is not shown) until an instant; None: until lifted."""

    penalty_id: int
    subject: str
    subject_id: int
    factor: float
    reason: str
    set_by: int
    set_at: datetime
    ends_at: datetime | None


_COLUMNS = "penalty_id, subject, subject_id, factor, reason, set_by, set_at, ends_at"
IN_FORCE = rows(
    Penalty,
    f"select {_COLUMNS} from search_penalty where ends_at is null or ends_at > $1 order by set_at desc limit 1001",
)
RECENT = rows(Penalty, f"select {_COLUMNS} from search_penalty order by set_at desc limit $1")
HOW_MANY = value(int, "select count(*) from search_penalty where ends_at is null or ends_at > $1")
PUT = command(
    """
    insert into search_penalty (penalty_id, subject, subject_id, factor, reason, set_by, set_at, ends_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """
)
LIFT = command("update search_penalty set ends_at = $2 where penalty_id = $1 and (ends_at is null or ends_at > $2)")


async def _read(tx: Tx) -> list[Penalty]:
    return await tx.all(IN_FORCE, tx.now)


REFERENCE = CachedTable(_read)


async def penalties_in_force(tx: Tx) -> list[Penalty]:
    """Those in force now; at most two seconds behind, ends to the instant."""
    return [each for each in await REFERENCE.get(tx) if each.ends_at is None or each.ends_at > tx.now]


async def list_penalties(tx: Tx, actor: Actor, limit: int = 50) -> list[Penalty]:
    """The last ones, in force or over."""
    actor.must("operator:search:edit")
    return await tx.all(RECENT, min(limit, 100))


@use_case()
async def rank_down(tx: Tx, actor: Actor, subject: str, subject_id: int, reason: str) -> int:
    """Rank a shop's goods or a product down, for the days and by the factor of the rulebook."""
    rules = await get_rules(tx)
    days, factor = rules.value(PENALTY_DAYS, tx.now), rules.value(PENALTY_FACTOR, tx.now)
    return await _put(tx, actor, subject, subject_id, factor, reason, tx.now + timedelta(days=days))


@use_case()
async def hide_subject(tx: Tx, actor: Actor, subject: str, subject_id: int, reason: str) -> int:
    """Take a shop's goods or a product out of search until that is lifted."""
    return await _put(tx, actor, subject, subject_id, 0.0, reason, None)


async def _put(
    tx: Tx, actor: Actor, subject: str, subject_id: int, factor: float, reason: str, ends_at: datetime | None
) -> int:
    actor.must("operator:search:edit")
    if subject not in SUBJECTS:
        raise Invalid("subject", "shop or product")
    if not 1 <= len(reason.strip()) <= MAX_REASON:
        raise Invalid("reason", f"1 to {MAX_REASON} characters")
    if subject == "shop":
        await merchant.get_shop(tx, subject_id)
    else:
        await catalog.get_product(tx, subject_id)
    if await tx.one(HOW_MANY, tx.now) >= MAX_PENALTIES:
        raise TooManyPenalties(MAX_PENALTIES)
    penalty_id = tx.new_id(0)
    await tx.run(PUT, penalty_id, subject, subject_id, factor, reason.strip(), actor.id, tx.now, ends_at)
    REFERENCE.forget()
    return penalty_id


@use_case()
async def revoke_penalty(tx: Tx, actor: Actor, penalty_id: int) -> None:
    """End a penalty now; refuses `NotFound` for one that is over."""
    actor.must("operator:search:edit")
    if not await tx.run(LIFT, penalty_id, tx.now):
        raise NotFound("penalty", penalty_id)
    REFERENCE.forget()
