"""Staff of a shop: roles and what each may do; a shop never loses its last owner."""

from datetime import datetime

import msgspec

from datong.commerce.member import get_names
from datong.facts.merchant import StaffChanged
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import changed_value, command, rows, value
from datong.kernel.tx import Db, Tx

STAFF_ROLES: tuple[str, ...] = ("owner", "manager", "shipper", "support", "editor", "accountant")
"""Roles in a shop; what each may do is declared by the rooms (`house.rights_of`)."""
MAX_STAFF = 200


class LastOwner(Conflict):
    """A shop keeps at least one owner."""

    code = "merchant.last_owner"


class Staff(msgspec.Struct, frozen=True):
    """One of a shop's people."""

    member_id: int
    role: str
    since: datetime


LIST = rows(Staff, "select member_id, role, since from staff where bkt = $1 and shop_id = $2 and role <> '' limit 200")
LOCK_SHOP = value(int, "select shop_id from shop where bkt = $1 and shop_id = $2 for update")
OTHER_OWNERS = value(
    int,
    "select count(*) from staff where bkt = $1 and shop_id = $2 and role = 'owner' and member_id <> $3",
)
PUT = changed_value(
    int,
    """
    insert into staff as s (bkt, shop_id, member_id, role, version, since) values ($1, $2, $3, $4, 1, $5)
    on conflict (bkt, shop_id, member_id) do update set role = $4, version = s.version + 1, since = $5
    returning version
    """,
)
PUT_MEMBER_SHOP_ROLE = command(
    """
    insert into duty as d (bkt, member_id, shop_id, role, version)
    values ($1, $2, $3, $4, $5)
    on conflict (bkt, member_id, shop_id) do update set role = $4, version = $5 where d.version < $5
    """
)
CURRENT = rows(Staff, "select member_id, role, since from staff where bkt = $1 and shop_id = $2 and member_id = $3")
VERSION = value(int, "select version from staff where bkt = $1 and shop_id = $2 and member_id = $3")


async def give_first_owner(tx: Tx, shop_id: int, member_id: int) -> None:
    """The applicant owns the new shop; its duty follows by the fact."""
    await tx.run(_PUT_FIRST, bucket_of(shop_id), shop_id, member_id, tx.now)
    tx.emit(StaffChanged(shop_id=shop_id, member_id=member_id, role="owner"))


_PUT_FIRST = command(
    "insert into staff (bkt, shop_id, member_id, role, version, since) values ($1, $2, $3, 'owner', 1, $4)"
)


async def set_staff(db: Db, actor: Actor, shop_id: int, member_id: int, role: str) -> None:
    """Give a member a role in the shop, change it, or take it away ("").

    Taking away works at once: the member's own copy is written before this returns. Refuses `NotFound` for nobody,
    `LastOwner`, `Invalid`.
    """
    actor.must("shop:staff:edit", shop_id)
    if role and role not in STAFF_ROLES:
        raise Invalid("role", ", ".join(STAFF_ROLES))
    async with db.read() as tx:
        if role and not await get_names(tx, [member_id]):
            raise NotFound("member", member_id)
    async with db.begin(bucket_of(shop_id)) as tx:
        await tx.one(LOCK_SHOP, tx.bucket, shop_id)
        if role != "owner" and not await tx.one(OTHER_OWNERS, tx.bucket, shop_id, member_id):
            raise LastOwner
        others = [each for each in await tx.all(LIST, tx.bucket, shop_id) if each.member_id != member_id]
        if role and len(others) >= MAX_STAFF:
            raise Invalid("member_id", f"a shop has at most {MAX_STAFF} staff")
        await tx.one(PUT, tx.bucket, shop_id, member_id, role, tx.now)
        tx.emit(StaffChanged(shop_id=shop_id, member_id=member_id, role=role))
    async with db.begin(bucket_of(member_id)) as tx:
        await copy_member_shop_role(tx, shop_id, member_id)


async def copy_member_shop_role(tx: Tx, shop_id: int, member_id: int) -> None:
    """Bring the member's own copy of its role up to the shop's present record."""
    version = await tx.maybe(VERSION, bucket_of(shop_id), shop_id, member_id)
    current = await tx.maybe(CURRENT, bucket_of(shop_id), shop_id, member_id)
    if version is not None and current is not None:
        await tx.run(PUT_MEMBER_SHOP_ROLE, bucket_of(member_id), member_id, shop_id, current.role, version)


async def list_staff(tx: Tx, actor: Actor, shop_id: int) -> list[Staff]:
    """A shop's people."""
    actor.must("shop:shop:read", shop_id)
    return await tx.all(LIST, bucket_of(shop_id), shop_id)
