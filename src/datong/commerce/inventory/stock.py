"""Stocking: how many there are. Each change is an entry with who, when and why; the sum is what was received."""

from collections.abc import Iterable, Sequence

import msgspec

from datong.commerce.inventory.holds import sold_out
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import changed_value, command, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MAX_QUANTITY = 10**9


class StockHeld(Conflict):
    """There cannot be fewer than are held for buyers."""

    code = "inventory.stock_held"

    def __init__(self, held: int) -> None:
        self.held = held


class StockLine(msgspec.Struct, frozen=True):
    """A SKU's stock."""

    sku_id: int
    shop_id: int
    on_hand: int
    held: int
    sold: int

    @property
    def free(self) -> int:
        """How many can be bought."""
        return self.on_hand - self.held


GET = rows(
    StockLine, "select sku_id, shop_id, on_hand, held, sold from stock where bkt = $1 and sku_id = $2 for update"
)
FREE = rows(
    StockLine, "select sku_id, shop_id, on_hand, held, sold from stock where bkt = any($1) and sku_id = any($2)"
)
CHANGE = changed_value(
    int,
    """
    update stock set received = received + $3, on_hand = on_hand + $3
    where bkt = $1 and sku_id = $2 and on_hand + $3 >= held returning on_hand
    """,
)
ENTER = command(
    """
    insert into stock_entry (bkt, entry_id, sku_id, quantity, reason, entered_by, entered_at)
    select $1, e.entry_id, e.sku_id, e.quantity, $2, $3, $4
    from unnest($5::bigint[], $6::bigint[], $7::bigint[]) as e (entry_id, sku_id, quantity)
    """
)
PUT_NEW = changed_value(
    int,
    """
    insert into stock (bkt, sku_id, product_id, shop_id, received, on_hand)
    select $1, s.sku_id, s.product_id, $2, s.quantity, s.quantity
    from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as s (sku_id, product_id, quantity)
    on conflict (bkt, sku_id) do nothing returning sku_id
    """,
)


async def put_stock(tx: Tx, actor: Actor, shop_id: int, lines: Sequence[tuple[int, int, int]]) -> int:
    """First stock of new SKUs (sku, product, quantity) of one item bucket; SKUs that have stock keep it.

    Answers how many were new.
    """
    actor.must("shop:stock:edit", shop_id)
    ordered = sorted(lines)
    if any(not 0 <= quantity <= MAX_QUANTITY for _, _, quantity in ordered):
        raise Invalid("quantity", f"0 to {MAX_QUANTITY}")
    new = set(await tx.all(PUT_NEW, tx.bucket, shop_id, *(list(part) for part in zip(*ordered, strict=True))))
    entered = [(tx.new_id(), sku_id, quantity) for sku_id, _, quantity in ordered if sku_id in new]
    if entered:
        await tx.run(ENTER, tx.bucket, "first", actor.id, tx.now, *(list(part) for part in zip(*entered, strict=True)))
    return len(new)


async def put_first_stock(db: Db, actor: Actor, shop_id: int, lines: Sequence[tuple[int, int, int]]) -> int:
    """`put_stock` in a transaction of the item bucket that these SKUs share; answers how many were new."""
    if not lines:
        return 0
    async with db.begin(bucket_of(lines[0][0])) as tx:
        return await put_stock(tx, actor, shop_id, lines)


async def _get_own(tx: Tx, actor: Actor, shop_id: int, sku_id: int) -> StockLine:
    actor.must("shop:stock:edit", shop_id)
    line = await tx.maybe(GET, bucket_of(sku_id), sku_id)
    if line is None or line.shop_id != shop_id:
        raise NotFound("sku", sku_id)
    return line


async def change_stock(tx: Tx, actor: Actor, shop_id: int, sku_id: int, quantity: int, reason: str) -> int:
    """Add (or, below zero, take away) pieces; answers how many are there now. Refuses `StockHeld`."""
    line = await _get_own(tx, actor, shop_id, sku_id)
    if not 0 <= line.on_hand + quantity <= MAX_QUANTITY:
        raise Invalid("quantity", f"0 to {MAX_QUANTITY} in all")
    left = await tx.maybe(CHANGE, tx.bucket, sku_id, quantity)
    if left is None:
        raise StockHeld(line.held)
    sold_out(tx.source).forget([sku_id])
    if quantity:
        await tx.run(ENTER, tx.bucket, reason[:100], actor.id, tx.now, [tx.new_id()], [sku_id], [quantity])
    return left


@use_case("sku_id")
async def set_stock(tx: Tx, actor: Actor, shop_id: int, sku_id: int, on_hand: int) -> int:
    """Say how many are there, held ones included. Refuses `StockHeld` for fewer than are held."""
    line = await _get_own(tx, actor, shop_id, sku_id)
    if not 0 <= on_hand <= MAX_QUANTITY:
        raise Invalid("quantity", f"0 to {MAX_QUANTITY}")
    return await change_stock(tx, actor, shop_id, sku_id, on_hand - line.on_hand, "counted")


async def free_of(tx: Tx, sku_ids: Iterable[int]) -> dict[int, StockLine]:
    """Stock by SKU; a SKU never stocked is missing."""
    wanted = sorted(set(sku_ids))
    if not wanted:
        return {}
    found = await tx.all(FREE, sorted({bucket_of(each) for each in wanted}), wanted)
    return {line.sku_id: line for line in found}
