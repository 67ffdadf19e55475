"""Brands, and which shop may sell which. On the brand mall a shop sells only what it is authorised for."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from datong.commerce.rulebook import Parameter
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotAllowed
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db, Tx

NEEDS_AUTHORISATION = Parameter(
    "catalog.brand_needs_authorisation", bool, False,
    "domain.md §2 (TOP): sellers of the brand mall pick an authorised brand, others type freely",
    scopes=("storefront",),
)  # fmt: skip


class BrandNotAuthorised(NotAllowed):
    """This shop may not sell this brand here."""

    code = "catalog.brand_not_authorised"

    def __init__(self, brand: str) -> None:
        super().__init__("catalog:brand:sell")
        self.brand = brand


class Brand(msgspec.Struct, frozen=True):
    """A brand by its reference (its name, small letters, single spaces)."""

    brand_id: int
    ref: str
    names: dict[str, str]


LAST = value(int, "select coalesce(max(brand_id), 0) from brand")
FIND = rows(Brand, "select brand_id, ref, names from brand where ref = any($1)")
NAMES = rows(Brand, "select brand_id, ref, names from brand where brand_id = any($1)")
PUT = command(
    """
    insert into brand (brand_id, ref, names)
    select $1 + row_number() over (), b.ref, b.names from unnest($2::text[], $3::jsonb[]) as b (ref, names)
    on conflict (ref) do nothing
    """
)
LOCK = command("lock table brand in share row exclusive mode")
AUTHORISE = command(
    """
    insert into brand_authorisation (bkt, shop_id, brand_id, level, expires_at, authorised_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (bkt, shop_id, brand_id) do update set level = $4, expires_at = $5
    """
)
AUTHORISED = value(
    int,
    """
    select brand_id from brand_authorisation
    where bkt = $1 and shop_id = $2 and (expires_at is null or expires_at > $3) limit 1000
    """,
)


def brand_ref(name: str) -> str:
    """How a typed brand name is looked up."""
    return " ".join(name.lower().split())


async def ensure_brands(db: Db, names: Iterable[str]) -> dict[str, Brand]:
    """The brands of these names, by reference; new ones are made in a transaction of their own."""
    wanted = {brand_ref(name): " ".join(name.split()) for name in names if name.strip()}
    if not wanted:
        return {}
    async with db.read() as tx:
        found = {each.ref: each for each in await tx.all(FIND, list(wanted))}
    missing = {ref: {"en": name} for ref, name in wanted.items() if ref not in found}
    if missing:
        async with db.begin() as tx:
            await tx.run(LOCK)
            await tx.run(PUT, await tx.one(LAST), list(missing), list(missing.values()))
            found = {each.ref: each for each in await tx.all(FIND, list(wanted))}
    return found


async def authorise_brand(
    tx: Tx, actor: Actor, shop_id: int, brand_id: int, level: str, expires_at: datetime | None = None
) -> None:
    """Let a shop sell a brand, until it expires."""
    actor.must("operator:brand:authorise")
    await tx.run(AUTHORISE, bucket_of(shop_id), shop_id, brand_id, level, expires_at, tx.now)


async def authorised_brands(tx: Tx, shop_id: int) -> frozenset[int]:
    """The brands a shop may sell where authorisation is asked for."""
    return frozenset(await tx.all(AUTHORISED, bucket_of(shop_id), shop_id, tx.now))
