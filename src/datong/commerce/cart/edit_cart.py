"""Filling the cart, and moving a guest's into the member's at log-in."""

from datong.commerce.cart.queries import LINES, MAX_LINES
from datong.commerce.catalog import get_offers
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import changed_value, command
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MAX_QUANTITY = 9999


class CartFull(Conflict):
    """A cart has at most 120 lines."""

    code = "cart.full"


ADD = command(
    """
    insert into cart_line as c (bkt, owner_id, sku_id, product_id, quantity, is_ticked, added_at)
    select $1, $2, a.sku_id, a.product_id, least(a.quantity, 9999), true, $6
    from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as a (sku_id, product_id, quantity)
    on conflict (bkt, owner_id, sku_id) do update set
        quantity = least(c.quantity + excluded.quantity, 9999), is_ticked = true, added_at = excluded.added_at
    """
)
PUT = changed_value(
    int,
    """
    insert into cart_line as c (bkt, owner_id, sku_id, product_id, quantity, is_ticked, added_at)
    select $1, $2, $3, $4, $5, true, $6
    where (select count(*) from cart_line o where o.bkt = $1 and o.owner_id = $2 and o.sku_id <> $3) < $7
    on conflict (bkt, owner_id, sku_id) do update set
        quantity = least(c.quantity + excluded.quantity, 9999), is_ticked = true, added_at = excluded.added_at
    returning c.sku_id
    """,
)
CHANGE = command(
    """
    update cart_line set quantity = coalesce($4, quantity), is_ticked = coalesce($5, is_ticked)
    where bkt = $1 and owner_id = $2 and sku_id = $3
    """
)
TICK_ALL = command("update cart_line set is_ticked = $3 where bkt = $1 and owner_id = $2")
REMOVE = command("delete from cart_line where bkt = $1 and owner_id = $2 and sku_id = $3")
EMPTY = command("delete from cart_line where bkt = $1 and owner_id = $2")
NOTE_MERGE = command(
    "insert into cart_merge (bkt, member_id, guest_id, merged_at) values ($1, $2, $3, $4) on conflict do nothing"
)


async def put_in_cart(db: Db, actor: Actor, product_id: int, sku_id: int, quantity: int) -> None:
    """Add pieces; a line there already grows. Refuses `NotFound` for what is not offered, `CartFull`."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid("quantity", f"1 to {MAX_QUANTITY}")
    async with db.read() as tx:
        offer = (await get_offers(tx, [(product_id, sku_id)])).get(sku_id)
    if offer is None or not offer.is_offered:
        raise NotFound("sku", sku_id)
    line = (actor.id, sku_id, product_id, quantity, db.now(), MAX_LINES)
    if not await db.once(actor.bucket, PUT, actor.bucket, *line, is_async_commit=True):
        raise CartFull


@use_case("actor")
async def change_line(
    tx: Tx, actor: Actor, sku_id: int, *, quantity: int | None = None, is_ticked: bool | None = None
) -> None:
    """Set a line's quantity or tick; refuses `NotFound`. SKU 0 with a tick alone means all lines."""
    if quantity is not None and not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid("quantity", f"1 to {MAX_QUANTITY}")
    if sku_id == 0 and quantity is None and is_ticked is not None:
        await tx.run(TICK_ALL, actor.bucket, actor.id, is_ticked)
    elif not await tx.run(CHANGE, actor.bucket, actor.id, sku_id, quantity, is_ticked):
        raise NotFound("cart_line", sku_id)


@use_case("actor")
async def remove_from_cart(tx: Tx, actor: Actor, sku_id: int) -> None:
    """Take a line out; one that is not there is no matter."""
    await tx.run(REMOVE, actor.bucket, actor.id, sku_id)


async def merge_guest_cart(db: Db, member: Actor, guest_id: int) -> None:
    """Move a guest's lines into the member's cart, once; quantities of the same SKU add up."""
    async with db.begin(member.bucket) as tx:
        lines = await tx.all(LINES, bucket_of(guest_id), guest_id)
        if not lines or not await tx.run(NOTE_MERGE, member.bucket, member.id, guest_id, tx.now):
            return
        own = {line.sku_id for line in await tx.all(LINES, member.bucket, member.id)}
        new = [line for line in lines if line.sku_id not in own]
        moved = [line for line in lines if line.sku_id in own] + new[: max(0, MAX_LINES - len(own))]
        await tx.run(
            ADD, member.bucket, member.id, [line.sku_id for line in moved], [line.product_id for line in moved],
            [line.quantity for line in moved], tx.now,
        )  # fmt: skip
    async with db.begin(bucket_of(guest_id)) as tx:
        await tx.run(EMPTY, tx.bucket, guest_id)
