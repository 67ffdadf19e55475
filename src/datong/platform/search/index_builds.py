"""Building: the index of this moment, the next one while it is made beside it, and the swap.

One worker at a time writes (a lease of four seconds). A build goes through the catalogue step by step and notes how far
it came after each, so that whoever comes after a crash goes on from there; what changes meanwhile goes into both
indexes.
"""

import secrets
from datetime import datetime, timedelta

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.sql import changed_value, command, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case
from datong.platform.search.documents import SCHEMA

LEASE = timedelta(seconds=4)
READERS_NOTICE = timedelta(seconds=30)
"""So long after the swap every reader has noticed it, and the old index may go."""


class IndexState(msgspec.Struct, frozen=True):
    """An index and how far it has come. `lengths`: sums of words by field, for what is usual."""

    name: str
    schema: int
    state: str
    after_bkt: int
    after_id: int
    products: int
    lengths: dict[str, float]
    begun_at: datetime
    done_at: datetime | None


_COLUMNS = "name, schema, state, after_bkt, after_id, products, lengths, begun_at, done_at"
LIST = rows(IndexState, f"select {_COLUMNS} from search_index order by begun_at limit 20")
BEGIN = command(
    """
    insert into search_index (name, schema, state, lengths, begun_at)
    select $1, $2, 'building', '{}'::jsonb, $3
    where not exists (select 1 from search_index where state = 'building')
    """
)
STEP = command(
    """
    update search_index set after_bkt = $2, after_id = $3, products = products + $4, lengths = $5
    where name = $1 and state = 'building'
    """
)
RETIRE = command("update search_index set state = 'retired', done_at = $1 where state = 'current'")
RETIRE_ONE = command("update search_index set state = 'retired', done_at = $2 where name = $1 and state <> 'retired'")
SWAP = command("update search_index set state = 'current', done_at = $2 where name = $1 and state = 'building'")
FORGET = command("delete from search_index where name = $1 and state = 'retired'")
HALVE_TERMS = command("update search_term set products = products / 2")
"""They are counted again while the index is built; words that are not said any more fade."""
TAKE_LEASE = changed_value(
    str,
    """
    insert into search_writer as w (one, holder, lease_until) values (1, $1, $2)
    on conflict (one) do update set holder = $1, lease_until = $2 where w.holder = $1 or w.lease_until <= $3
    returning holder
    """,
)


async def take_lease(db: Db, holder: str) -> bool:
    """Whether this worker is the one that writes, for the next four seconds."""
    async with db.begin() as tx:
        return await tx.maybe(TAKE_LEASE, holder, tx.now + LEASE, tx.now) is not None


async def list_indexes(tx: Tx) -> list[IndexState]:
    """Every index that is not forgotten, the oldest first."""
    return await tx.all(LIST)


def read_query_later(states: list[IndexState]) -> IndexState | None:
    """The index to search in: the current one; the one being made, while there is no other."""
    by_state = {each.state: each for each in states}
    return by_state.get("current") or by_state.get("building")


async def begin_build(tx: Tx) -> None:
    """Begin the next index, unless one is begun."""
    name = f"goods-{tx.now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    if await tx.run(BEGIN, name, SCHEMA, tx.now):
        await tx.run(HALVE_TERMS)


@use_case()
async def rebuild(tx: Tx, actor: Actor) -> None:
    """Have the index built anew beside the one in use; nothing happens if that is being done."""
    actor.must("operator:search:edit")
    await begin_build(tx)


async def note_step(tx: Tx, name: str, after: tuple[int, int], added: int, lengths: dict[str, float]) -> None:
    """How far a build came."""
    await tx.run(STEP, name, *after, added, lengths)


async def swap(tx: Tx, name: str) -> None:
    """A finished index takes the place of the one in use."""
    await tx.run(RETIRE, tx.now)
    await tx.run(SWAP, name, tx.now)


async def give_up(tx: Tx, name: str) -> None:
    """An index that cannot be read any more is not asked again; another one is begun."""
    await tx.run(RETIRE_ONE, name, tx.now)
    await begin_build(tx)
