"""Filling the cart, and moving a guest's into the member's at log-in."""

from datong.commerce.cart.queries import LINES, MAX_LINES, CartLine
from datong.commerce.cart.sources import checked_source
from datong.commerce.catalog import get_offers
from datong.facts.order import NO_SOURCE, LineSource
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
ADD_SOURCED = command(
    """
    insert into cart_sourced_line as c (bkt, owner_id, sku_id, source_kind, source_ref, source_token, product_id,
        quantity, is_ticked, added_at)
    select $1, $2, a.sku_id, a.kind, a.ref, a.token, a.product_id, least(a.quantity, 9999), true, $9
    from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
        as a (sku_id, kind, ref, token, product_id, quantity)
    on conflict (bkt, owner_id, sku_id, source_kind, source_ref, source_token) do update set
        quantity = least(c.quantity + excluded.quantity, 9999), is_ticked = true, added_at = excluded.added_at
    """
)
PUT = changed_value(
    int,
    """
    insert into cart_line as c (bkt, owner_id, sku_id, product_id, quantity, is_ticked, added_at)
    select $1, $2, $3, $4, $5, true, $6
    where (select count(*) from cart_line o where o.bkt = $1 and o.owner_id = $2 and o.sku_id <> $3)
        + (select count(*) from cart_sourced_line o where o.bkt = $1 and o.owner_id = $2) < $7
    on conflict (bkt, owner_id, sku_id) do update set
        quantity = least(c.quantity + excluded.quantity, 9999), is_ticked = true, added_at = excluded.added_at
    returning c.sku_id
    """,
)
PUT_SOURCED = changed_value(
    int,
    """
    insert into cart_sourced_line as c (bkt, owner_id, sku_id, source_kind, source_ref, source_token, product_id,
        quantity, is_ticked, added_at)
    select $1, $2, $3, $8, $9, $10, $4, $5, true, $6
    where (select count(*) from cart_line o where o.bkt = $1 and o.owner_id = $2)
        + (select count(*) from cart_sourced_line o where o.bkt = $1 and o.owner_id = $2
           and (o.sku_id, o.source_kind, o.source_ref, o.source_token) <> ($3, $8, $9, $10)) < $7
    on conflict (bkt, owner_id, sku_id, source_kind, source_ref, source_token) do update set
        quantity = least(c.quantity + excluded.quantity, 9999), is_ticked = true, added_at = excluded.added_at
    returning c.sku_id
    """,
)
_LINE = "where bkt = $1 and owner_id = $2 and sku_id = $3"
_SOURCED = f"{_LINE} and source_kind = $4 and source_ref = $5 and source_token = $6"
CHANGE = command(f"update cart_line set quantity = coalesce($4, quantity), is_ticked = coalesce($5, is_ticked) {_LINE}")
CHANGE_SOURCED = command(
    f"update cart_sourced_line set quantity = coalesce($7, quantity), is_ticked = coalesce($8, is_ticked) {_SOURCED}"
)
TICK_ALL = (
    command("update cart_line set is_ticked = $3 where bkt = $1 and owner_id = $2"),
    command("update cart_sourced_line set is_ticked = $3 where bkt = $1 and owner_id = $2"),
)
REMOVE = command(f"delete from cart_line {_LINE}")
REMOVE_SOURCED = command(f"delete from cart_sourced_line {_SOURCED}")
EMPTY = (
    command("delete from cart_line where bkt = $1 and owner_id = $2"),
    command("delete from cart_sourced_line where bkt = $1 and owner_id = $2"),
)
NOTE_MERGE = command(
    "insert into cart_merge (bkt, member_id, guest_id, merged_at) values ($1, $2, $3, $4) on conflict do nothing"
)


async def put_in_cart(
    db: Db, actor: Actor, product_id: int, sku_id: int, quantity: int, source: LineSource = NO_SOURCE
) -> None:
    """Add pieces; a line of the same SKU and source grows.

    Raises `NotFound` for what is not offered, `Invalid` for a quantity or a source, `CartFull`.
    """
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid("quantity", f"1 to {MAX_QUANTITY}")
    checked_source(db.house, source)
    async with db.read() as tx:
        offer = (await get_offers(tx, [(product_id, sku_id)])).get(sku_id)
    if offer is None or not offer.is_offered:
        raise NotFound("sku", sku_id)
    line = (actor.id, sku_id, product_id, quantity, db.now(), MAX_LINES, *(_key(source) if source else ()))
    put = PUT_SOURCED if source else PUT
    if not await db.once(actor.bucket, put, actor.bucket, *line, is_async_commit=True):
        raise CartFull


@use_case("actor")
async def change_line(
    tx: Tx,
    actor: Actor,
    sku_id: int,
    *,
    quantity: int | None = None,
    is_ticked: bool | None = None,
    source: LineSource = NO_SOURCE,
) -> None:
    """Set a line's quantity or tick; raises `NotFound`. SKU 0 with a tick alone means all lines."""
    if quantity is not None and not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid("quantity", f"1 to {MAX_QUANTITY}")
    if sku_id == 0 and quantity is None and is_ticked is not None:
        for each in TICK_ALL:
            await tx.run(each, actor.bucket, actor.id, is_ticked)
        return
    if source:
        changed = await tx.run(CHANGE_SOURCED, actor.bucket, actor.id, sku_id, *_key(source), quantity, is_ticked)
    else:
        changed = await tx.run(CHANGE, actor.bucket, actor.id, sku_id, quantity, is_ticked)
    if not changed:
        raise NotFound("cart_line", sku_id)


@use_case("actor")
async def remove_from_cart(tx: Tx, actor: Actor, sku_id: int, source: LineSource = NO_SOURCE) -> None:
    """Take a line out; one that is not there is no matter."""
    if source:
        await tx.run(REMOVE_SOURCED, actor.bucket, actor.id, sku_id, *_key(source))
    else:
        await tx.run(REMOVE, actor.bucket, actor.id, sku_id)


def _key(source: LineSource) -> tuple[str, str, str]:
    return source.kind, source.ref, source.token


async def merge_guest_cart(db: Db, member: Actor, guest_id: int) -> None:
    """Move a guest's lines into the member's cart, once; quantities of the same SKU and source add up."""
    async with db.begin(member.bucket) as tx:
        lines = await tx.all(LINES, bucket_of(guest_id), guest_id)
        if not lines or not await tx.run(NOTE_MERGE, member.bucket, member.id, guest_id, tx.now):
            return
        own = {(line.sku_id, line.source) for line in await tx.all(LINES, member.bucket, member.id)}
        new = [line for line in lines if (line.sku_id, line.source) not in own]
        moved = [line for line in lines if (line.sku_id, line.source) in own] + new[: max(0, MAX_LINES - len(own))]
        await _add(tx, member, moved)
    async with db.begin(bucket_of(guest_id)) as tx:
        for each in EMPTY:
            await tx.run(each, tx.bucket, guest_id)


async def _add(tx: Tx, member: Actor, moved: list[CartLine]) -> None:
    plain, sourced = [line for line in moved if not line.source], [line for line in moved if line.source]
    if plain:
        await tx.run(
            ADD, member.bucket, member.id, [line.sku_id for line in plain], [line.product_id for line in plain],
            [line.quantity for line in plain], tx.now,
        )  # fmt: skip
    if sourced:
        await tx.run(
            ADD_SOURCED, member.bucket, member.id, [line.sku_id for line in sourced],
            [line.source_kind for line in sourced], [line.source_ref for line in sourced],
            [line.source_token for line in sourced], [line.product_id for line in sourced],
            [line.quantity for line in sourced], tx.now,
        )  # fmt: skip
