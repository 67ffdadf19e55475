"""Addresses of a member: where parcels go and what freight is priced by."""

from collections.abc import Sequence

import msgspec

from datong.commerce.member.regions import REGIONS
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

MAX_ADDRESSES = 25
_LIMITS = {"receiver": 60, "phone": 30, "city": 60, "street": 200}


class TooManyAddresses(Conflict):
    """A member keeps at most 25 addresses."""

    code = "member.too_many_addresses"


class AddressDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address as it is typed in. `region` is a code of `REGIONS`."""

    receiver: str
    phone: str
    region: str
    city: str
    street: str
    is_default: bool = False


class Address(msgspec.Struct, frozen=True):
    """A kept address."""

    address_id: int
    receiver: str
    phone: str
    region: str
    city: str
    street: str
    is_default: bool


_COLUMNS = "address_id, receiver, phone, region, city, street, is_default"
LIST = rows(
    Address,
    f"select {_COLUMNS} from address where bkt = $1 and member_id = $2 order by is_default desc, address_id limit 25",
)
GET = rows(Address, f"select {_COLUMNS} from address where bkt = $1 and address_id = $2 and member_id = $3")
GET_MANY = rows(
    Address,
    """
    select a.address_id, a.receiver, a.phone, a.region, a.city, a.street, a.is_default
    from unnest($1::integer[], $2::bigint[], $3::bigint[]) as w (bkt, address_id, member_id)
    join address a on a.bkt = w.bkt and a.address_id = w.address_id and a.member_id = w.member_id
    """,
)
COUNT = value(int, "select count(*) from address where bkt = $1 and member_id = $2")
PUT = command(
    """
    insert into address (bkt, address_id, member_id, receiver, phone, region, city, street, is_default)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (bkt, address_id) do update set receiver = $4, phone = $5, region = $6, city = $7, street = $8,
        is_default = $9
    where address.member_id = $3
    """
)
NO_OTHER_DEFAULT = command(
    "update address set is_default = false where bkt = $1 and member_id = $2 and address_id <> $3 and is_default"
)
REMOVE = command("delete from address where bkt = $1 and address_id = $2 and member_id = $3")


def _checked(draft: AddressDraft) -> AddressDraft:
    cleaned = msgspec.structs.replace(draft, **{name: getattr(draft, name).strip() for name in _LIMITS})
    for name, most in _LIMITS.items():
        text = getattr(cleaned, name)
        if not 1 <= len(text) <= most or not text.isprintable():
            raise Invalid(name, f"1 to {most} characters")
    if cleaned.region not in REGIONS:
        raise Invalid("region", "one of the listed regions")
    return cleaned


@use_case("actor")
async def add_address(tx: Tx, actor: Actor, draft: AddressDraft) -> int:
    """Keep an address; the first one is the default. Refuses `Invalid`, `TooManyAddresses`."""
    actor.must("member:address:edit", actor.id)
    kept = await tx.one(COUNT, actor.bucket, actor.id)
    if kept >= MAX_ADDRESSES:
        raise TooManyAddresses
    address_id = tx.new_id()
    await _put(tx, actor, address_id, _checked(draft), is_default=draft.is_default or kept == 0)
    return address_id


@use_case("actor")
async def change_address(tx: Tx, actor: Actor, address_id: int, draft: AddressDraft) -> None:
    """Change an own address; orders already placed keep the one they were placed with."""
    actor.must("member:address:edit", actor.id)
    await get_address(tx, actor, address_id)
    await _put(tx, actor, address_id, _checked(draft), is_default=draft.is_default)


async def _put(tx: Tx, actor: Actor, address_id: int, draft: AddressDraft, *, is_default: bool) -> None:
    await tx.run(
        PUT, actor.bucket, address_id, actor.id, draft.receiver, draft.phone, draft.region, draft.city,
        draft.street, is_default,
    )  # fmt: skip
    if is_default:
        await tx.run(NO_OTHER_DEFAULT, actor.bucket, actor.id, address_id)


@use_case("actor")
async def remove_address(tx: Tx, actor: Actor, address_id: int) -> None:
    """Forget an own address; refuses `NotFound`."""
    actor.must("member:address:edit", actor.id)
    if bucket_of(address_id) != actor.bucket or not await tx.run(REMOVE, actor.bucket, address_id, actor.id):
        raise NotFound("address", address_id)


async def list_addresses(tx: Tx, actor: Actor) -> list[Address]:
    """An actor's own addresses, the default first."""
    actor.must("member:address:read", actor.id)
    return await tx.all(LIST, actor.bucket, actor.id)


async def get_address(tx: Tx, actor: Actor, address_id: int) -> Address:
    """An own address; a stranger's is `NotFound`."""
    actor.must("member:address:read", actor.id)
    found = await tx.maybe(GET, actor.bucket, address_id, actor.id)
    if found is None:
        raise NotFound("address", address_id)
    return found


async def find_addresses(tx: Tx, wanted: Sequence[tuple[Actor, int]]) -> dict[int, Address]:
    """Own addresses of several members at once, by id; what is not there, or is a stranger's, is missing."""
    for actor, _ in wanted:
        actor.must("member:address:read", actor.id)
    found = await tx.all(
        GET_MANY, [actor.bucket for actor, _ in wanted], [address_id for _, address_id in wanted],
        [actor.id for actor, _ in wanted],
    )  # fmt: skip
    return {each.address_id: each for each in found}
