"""Keeping products and shops: twice is once, and forgetting what is not kept is no matter."""

from datetime import datetime

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.paging import LATEST, Page, clamp_limit, decode_cursor, instant_key, make_page
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

KINDS = ("product", "shop")
MAX_FAVOURITES = 2_000
"""Of one kind. Source: DESIGN."""


class FavouritesFull(Conflict):
    """A member keeps a bounded number of each kind."""

    code = "favourite.full"

    def __init__(self, most: int) -> None:
        self.most = most


class Favourite(msgspec.Struct, frozen=True):
    """Something kept, and what it cost then in minor units (0: a shop, or unknown)."""

    kind: str
    subject_id: int
    price: int
    kept_at: datetime


KEEP = command(
    """
    insert into favourite (bkt, member_id, kind, subject_id, price, kept_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing
    """
)
FORGET = command("delete from favourite where bkt = $1 and member_id = $2 and kind = $3 and subject_id = $4")
IS_KEPT = value(int, "select 1 from favourite where bkt = $1 and member_id = $2 and kind = $3 and subject_id = $4")
COUNT = value(
    int,
    """
    select count(*) from (
        select 1 from favourite where bkt = $1 and member_id = $2 and kind = $3 limit $4) as counted
    """,
)
LIST = rows(
    Favourite,
    """
    select kind, subject_id, price, kept_at from favourite
    where bkt = $1 and member_id = $2 and kind = $3
      and (kept_at, subject_id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5)
    order by kept_at desc, subject_id desc limit $6
    """,
)


def _must_be_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Invalid("kind", ", ".join(KINDS))


@use_case("actor")
async def add_favourite(tx: Tx, actor: Actor, kind: str, subject_id: int, price: int = 0) -> None:
    """Keep a product (with its price now) or a shop. Refuses `FavouritesFull`, `Invalid`."""
    actor.must("member:favourite:edit", actor.id)
    _must_be_kind(kind)
    if await tx.one(COUNT, actor.bucket, actor.id, kind, MAX_FAVOURITES) >= MAX_FAVOURITES:
        raise FavouritesFull(MAX_FAVOURITES)
    await tx.run(KEEP, actor.bucket, actor.id, kind, subject_id, price, tx.now)


@use_case("actor")
async def remove_favourite(tx: Tx, actor: Actor, kind: str, subject_id: int) -> None:
    """Keep it no longer."""
    actor.must("member:favourite:edit", actor.id)
    _must_be_kind(kind)
    await tx.run(FORGET, actor.bucket, actor.id, kind, subject_id)


async def is_favourite(tx: Tx, actor: Actor, kind: str, subject_id: int) -> bool:
    """Whether the actor keeps it; a guest keeps nothing."""
    if not actor.is_member:
        return False
    return await tx.maybe(IS_KEPT, actor.bucket, actor.id, kind, subject_id) is not None


async def list_favourites(tx: Tx, actor: Actor, kind: str, cursor: str = "", limit: int = 20) -> Page[Favourite]:
    """The actor's favourites of a kind, the last kept first."""
    actor.must("member:favourite:read", actor.id)
    _must_be_kind(kind)
    before, before_id = decode_cursor(cursor, LATEST)
    found = await tx.all(LIST, actor.bucket, actor.id, kind, before, before_id, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: instant_key(each.kept_at, each.subject_id))
