"""Brands by name: whoever types a new one makes it; the right to sell it is another matter (`qualification`)."""

from collections.abc import Iterable

import msgspec

from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db


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
