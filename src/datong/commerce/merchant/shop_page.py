"""The page of a shop: what it says of itself and what it shows first.

Every change is a version, so each can be undone.
"""

from datetime import datetime
from typing import Any

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.cache import TtlCache
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import changed_value, rows
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

MAX_ABOUT = 200
MAX_NOTICE = 120
MAX_FEATURED = 12


class ShopPageDraft(msgspec.Struct, frozen=True):
    """What a shop's page shows beside its goods: texts by language, a picture's address, products in order."""

    about: dict[str, str] = {}
    notice: dict[str, str] = {}
    picture: str = ""
    featured: list[int] = []


class ShopPage(msgspec.Struct, frozen=True):
    """One version of a shop's page."""

    shop_id: int
    version: int
    body: dict[str, object]
    made_by: int
    made_at: datetime

    @property
    def decoration(self) -> ShopPageDraft:
        """What it shows."""
        return msgspec.convert(self.body, ShopPageDraft)


class ShopPageChanged(Conflict):
    """Someone else has changed the page since it was opened."""

    code = "merchant.page_moved"


_COLUMNS = "shop_id, version, body, made_by, made_at"
PUT = changed_value(
    int,
    """
    insert into shop_page (bkt, shop_id, version, body, made_by, made_at)
    select $1, $2, $3, $4, $5, $6
    where $3 = 1 + coalesce((select max(version) from shop_page where bkt = $1 and shop_id = $2), 0)
    on conflict do nothing returning version
    """,
)
LATEST = rows(
    ShopPage,
    f"""
    select {_COLUMNS} from (
        select distinct on (bkt, shop_id) * from shop_page where bkt = any($1) and shop_id = any($2)
        order by bkt, shop_id, version desc) as latest
    """,
)
VERSIONS = rows(
    ShopPage, f"select {_COLUMNS} from shop_page where bkt = $1 and shop_id = $2 order by version desc limit 10"
)
ONE = rows(ShopPage, f"select {_COLUMNS} from shop_page where bkt = $1 and shop_id = $2 and version = $3")


async def _read(tx: Tx, shop_ids: list[int]) -> dict[int, ShopPage]:
    found = await tx.all(LATEST, sorted({bucket_of(each) for each in shop_ids}), shop_ids)
    return {each.shop_id: each for each in found}


RECENT_PAGES = TtlCache(_read)


async def find_page(tx: Tx, shop_id: int) -> ShopPage | None:
    """A shop's page as it is, or None where it was never decorated; at most two seconds old."""
    return (await RECENT_PAGES.get_many(tx, [shop_id])).get(shop_id)


async def list_pages(tx: Tx, actor: Actor, shop_id: int) -> list[ShopPage]:
    """The last ten versions, newest first."""
    actor.must("shop:shop:edit", shop_id)
    return await tx.all(VERSIONS, bucket_of(shop_id), shop_id)


@use_case("shop_id")
async def edit_shop_page(tx: Tx, actor: Actor, shop_id: int, after: int, decoration: ShopPageDraft) -> int:
    """Show this from now on; `after` is the version that was looked at (0: none).

    Refuses `ShopPageChanged`, `Invalid`.
    """
    actor.must("shop:shop:edit", shop_id)
    _check(decoration)
    body: dict[str, Any] = msgspec.to_builtins(decoration)
    version = await tx.maybe(PUT, bucket_of(shop_id), shop_id, after + 1, body, actor.id, tx.now)
    if version is None:
        raise ShopPageChanged
    RECENT_PAGES.forget(shop_id)
    return version


@use_case("shop_id")
async def restore_page(tx: Tx, actor: Actor, shop_id: int, after: int, version: int) -> int:
    """Show an earlier version again, as a new one. Refuses `NotFound`, `ShopPageChanged`."""
    actor.must("shop:shop:edit", shop_id)
    kept = await tx.maybe(ONE, bucket_of(shop_id), shop_id, version)
    if kept is None:
        raise NotFound("shop_page", version)
    return await edit_shop_page(tx, actor, shop_id, after, kept.decoration)


def _check(decoration: ShopPageDraft) -> None:
    for name, texts, most in (("about", decoration.about, MAX_ABOUT), ("notice", decoration.notice, MAX_NOTICE)):
        if any(len(text) > most or not text.isprintable() for text in texts.values()):
            raise Invalid(name, f"at most {most} characters")
    if len(decoration.featured) > MAX_FEATURED:
        raise Invalid("featured", f"at most {MAX_FEATURED}")
    if decoration.picture and not decoration.picture.startswith(("/pictures/", "/media/")):
        raise Invalid("picture", "one of the shop's own")
