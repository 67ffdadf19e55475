"""Where a shop's returns go."""

import msgspec

from datong.commerce.member import REGIONS
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command, rows
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

MAX_TEXT = 200


class ReturnAddress(msgspec.Struct, frozen=True):
    """Who takes returns, and where."""

    receiver: str
    phone: str
    region: str
    city: str
    street: str

    def as_dict(self) -> dict[str, str]:
        """By name, as kept in a case."""
        return msgspec.structs.asdict(self)


GET = rows(
    ReturnAddress, "select receiver, phone, region, city, street from return_address where bkt = $1 and shop_id = $2"
)
PUT = command(
    """
    insert into return_address (bkt, shop_id, receiver, phone, region, city, street, changed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (bkt, shop_id) do update set receiver = $3, phone = $4, region = $5, city = $6, street = $7,
        changed_at = $8
    """
)


async def find_return_address(tx: Tx, shop_id: int) -> ReturnAddress | None:
    """Where returns of a shop go, or None as long as it has not said."""
    return await tx.maybe(GET, bucket_of(shop_id), shop_id)


@use_case("shop_id")
async def set_return_address(tx: Tx, actor: Actor, shop_id: int, address: ReturnAddress) -> None:
    """Say where returns go; cases that were agreed to before keep the address they were given."""
    actor.must("shop:refund:answer", shop_id)
    if address.region not in REGIONS:
        raise Invalid("region", "one of the listed regions")
    for name, text in address.as_dict().items():
        if not 1 <= len(text.strip()) <= MAX_TEXT or not text.isprintable():
            raise Invalid(name, f"1 to {MAX_TEXT} characters")
    await tx.run(PUT, bucket_of(shop_id), shop_id, *address.as_dict().values(), tx.now)
