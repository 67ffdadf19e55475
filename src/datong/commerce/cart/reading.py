"""Reading the cart, priced as it stands."""

import msgspec

from datong.commerce.inventory import StockLine, free_of
from datong.commerce.pricing import Quote, Wanted, quote
from datong.kernel.actor import Actor
from datong.kernel.sql import rows, value
from datong.kernel.tx import Tx

MAX_LINES = 120


class CartLine(msgspec.Struct, frozen=True):
    """What is in the cart: a SKU, how many, and whether it is to be bought now."""

    sku_id: int
    product_id: int
    quantity: int
    is_ticked: bool


class CartView(msgspec.Struct, frozen=True):
    """The cart with two quotes: of all that can be bought (for showing lines), and of what is ticked."""

    lines: list[CartLine]
    all: Quote
    ticked: Quote
    stock: dict[int, StockLine]


LINES = rows(
    CartLine,
    """
    select sku_id, product_id, quantity, is_ticked from cart_line
    where bkt = $1 and owner_id = $2 order by added_at desc, sku_id limit 120
    """,
)
PIECES = value(int, "select coalesce(sum(quantity), 0)::bigint from cart_line where bkt = $1 and owner_id = $2")


async def get_cart(tx: Tx, actor: Actor, region: str) -> CartView:
    """An actor's own cart, a guest's too."""
    lines = await tx.all(LINES, actor.bucket, actor.id)
    wanted = [Wanted(line.product_id, line.sku_id, line.quantity) for line in lines]
    ticked = [each for each, line in zip(wanted, lines, strict=True) if line.is_ticked]
    whole = await quote(tx, wanted, region)
    chosen = whole if len(ticked) == len(wanted) else await quote(tx, ticked, region)
    return CartView(lines, whole, chosen, await free_of(tx, [line.sku_id for line in lines]))


async def ticked_lines(tx: Tx, actor: Actor) -> list[Wanted]:
    """What the actor means to buy now."""
    return [
        Wanted(line.product_id, line.sku_id, line.quantity)
        for line in await tx.all(LINES, actor.bucket, actor.id)
        if line.is_ticked
    ]


async def count_pieces(tx: Tx, actor: Actor) -> int:
    """How many pieces are in the cart, for its badge."""
    return await tx.one(PIECES, actor.bucket, actor.id)
