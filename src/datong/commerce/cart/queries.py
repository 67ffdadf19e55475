"""Reading the cart, priced as it stands."""

from collections.abc import Sequence

import msgspec

from datong.commerce.inventory import StockLine, free_of
from datong.commerce.pricing import Buyer, LineRequest, Quote, QuoteAsk, quote_many
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows, value
from datong.kernel.tx import Tx

MAX_LINES = 120


class CartLine(msgspec.Struct, frozen=True):
    """What is in the cart: a SKU, how many, and whether it is to be bought now."""

    sku_id: int
    product_id: int
    quantity: int
    is_ticked: bool


class TickedLine(msgspec.Struct, frozen=True):
    """A line that is to be bought now, and whose it is."""

    owner_id: int
    sku_id: int
    product_id: int
    quantity: int


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
TICKED = rows(
    TickedLine,
    """
    select c.owner_id, c.sku_id, c.product_id, c.quantity
    from unnest($1::integer[], $2::bigint[]) as w (bkt, owner_id)
    join cart_line c on c.bkt = w.bkt and c.owner_id = w.owner_id and c.is_ticked
    order by c.owner_id, c.added_at desc, c.sku_id
    """,
)
PIECES = value(int, "select coalesce(sum(quantity), 0)::bigint from cart_line where bkt = $1 and owner_id = $2")


async def get_cart(tx: Tx, actor: Actor, region: str) -> CartView:
    """An actor's own cart, a guest's too."""
    lines = await tx.all(LINES, actor.bucket, actor.id)
    wanted = [LineRequest(line.product_id, line.sku_id, line.quantity) for line in lines]
    ticked = [each for each, line in zip(wanted, lines, strict=True) if line.is_ticked]
    buyer = Buyer(actor.id) if actor.is_member else None
    asks = (
        [QuoteAsk(wanted, region, buyer)]
        if len(ticked) == len(wanted)
        else [QuoteAsk(wanted, region, buyer), QuoteAsk(ticked, region, buyer)]
    )
    whole, *other = await quote_many(tx, asks)
    chosen = other[0] if other else whole
    return CartView(lines, whole, chosen, await free_of(tx, [line.sku_id for line in lines]))


async def ticked_lines(tx: Tx, actors: Sequence[Actor]) -> dict[int, list[LineRequest]]:
    """What each of these actors means to buy now, by its id."""
    found: dict[int, list[LineRequest]] = {actor.id: [] for actor in actors}
    for line in await tx.all(TICKED, [bucket_of(each) for each in found], list(found)):
        found[line.owner_id].append(LineRequest(line.product_id, line.sku_id, line.quantity))
    return found


async def count_pieces(tx: Tx, actor: Actor) -> int:
    """How many pieces are in the cart, for its badge."""
    return await tx.one(PIECES, actor.bucket, actor.id)
