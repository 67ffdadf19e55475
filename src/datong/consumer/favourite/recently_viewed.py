"""Footprints: the products a member looked at, each once, at the last time; forgotten after a while."""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.rulebook import Parameter, get_rules
from datong.kernel.actor import Actor
from datong.kernel.sql import changed_value, command, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

KEEP_DAYS = Parameter("favourite.footprint_days", int, 90, "DESIGN", bounds=(1, 3_650))
MAX_SHOWN = 100


class ViewedProduct(msgspec.Struct, frozen=True):
    """A product seen."""

    product_id: int
    happened_at: datetime


LEAVE = changed_value(
    int,
    """
    insert into footprint (bkt, member_id, product_id, happened_at) values ($1, $2, $3, $4)
    on conflict (bkt, member_id, product_id) do update set happened_at = excluded.happened_at
    returning (
        select count(*) from favourite f
        where f.bkt = $1 and f.member_id = $2 and f.kind = 'product' and f.subject_id = $3)
    """,
)
LIST = rows(
    ViewedProduct,
    """
    select product_id, happened_at from footprint where bkt = $1 and member_id = $2
    order by happened_at desc, product_id desc limit $3
    """,
)
ERASE = command("delete from footprint where bkt = $1 and member_id = $2 and ($3 = 0 or product_id = $3)")
PRUNE = command("delete from footprint where happened_at < $1")


async def record_view(db: Db, actor: Actor, product_id: int) -> bool:
    """Note that a member looked at a product; answers whether it is kept. Guests leave none and keep nothing."""
    if not actor.is_member:
        return False
    (kept,) = await db.once(actor.bucket, LEAVE, actor.bucket, actor.id, product_id, db.now(), is_async_commit=True)
    return kept > 0


async def list_recently_viewed(tx: Tx, actor: Actor) -> list[ViewedProduct]:
    """The last products the actor looked at, up to a hundred."""
    actor.must("member:footprint:read", actor.id)
    return await tx.all(LIST, actor.bucket, actor.id, MAX_SHOWN)


@use_case("actor")
async def erase_recently_viewed(tx: Tx, actor: Actor, product_id: int = 0) -> None:
    """Forget one product seen, or (0) all of them."""
    actor.must("member:footprint:edit", actor.id)
    await tx.run(ERASE, actor.bucket, actor.id, product_id)


async def forget_old_footprints(db: Db) -> int:
    """Forget what is older than footprints are kept."""
    async with db.begin() as tx:
        days = (await get_rules(tx)).value(KEEP_DAYS, tx.now)
        return await tx.run(PRUNE, tx.now - timedelta(days=days))
