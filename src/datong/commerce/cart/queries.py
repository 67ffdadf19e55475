"""Reading the cart, priced as it stands."""

from collections.abc import Sequence

import msgspec

from datong.commerce.inventory import StockLine, free_of
from datong.commerce.pricing import Buyer, LineRequest, Quote, QuoteAsk, quote_many
from datong.facts.order import NO_SOURCE, LineSource
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
    source_kind: str = ""
    source_ref: str = ""
    source_token: str = ""

    @property
    def source(self) -> LineSource:
        """Where it came from."""
        return LineSource(self.source_kind, self.source_ref, self.source_token)


class TickedLine(msgspec.Struct, frozen=True):
    """A line that is to be bought now, and whose it is."""

    owner_id: int
    sku_id: int
    product_id: int
    quantity: int
    source_kind: str = ""
    source_ref: str = ""
    source_token: str = ""


class CartView(msgspec.Struct, frozen=True):
    """The cart with quotes of all that can be bought, one for each currency in it, and of what is ticked."""

    lines: list[CartLine]
    quotes: list[Quote]
    ticked: Quote
    """Of the first currency, where goods of several are ticked."""
    stock: dict[int, StockLine]
    is_mixed: bool = False
    """Whether goods of several currencies are ticked, which are paid separately: such a cart cannot be placed."""


LINES = rows(
    CartLine,
    """
    select sku_id, product_id, quantity, is_ticked, source_kind, source_ref, source_token from (
        select sku_id, product_id, quantity, is_ticked, '' as source_kind, '' as source_ref, '' as source_token,
               added_at
        from cart_line where bkt = $1 and owner_id = $2
        union all
        select sku_id, product_id, quantity, is_ticked, source_kind, source_ref, source_token, added_at
        from cart_sourced_line where bkt = $1 and owner_id = $2
    ) as lines order by added_at desc, sku_id, source_kind, source_ref, source_token limit 120
    """,
)
TICKED = rows(
    TickedLine,
    """
    select c.owner_id, c.sku_id, c.product_id, c.quantity, c.source_kind, c.source_ref, c.source_token
    from (
        select l.owner_id, l.sku_id, l.product_id, l.quantity, '' as source_kind, '' as source_ref, '' as source_token,
               l.added_at
        from unnest($1::integer[], $2::bigint[]) as w (bkt, owner_id)
        join cart_line l on l.bkt = w.bkt and l.owner_id = w.owner_id and l.is_ticked
        union all
        select s.owner_id, s.sku_id, s.product_id, s.quantity, s.source_kind, s.source_ref, s.source_token, s.added_at
        from unnest($1::integer[], $2::bigint[]) as w (bkt, owner_id)
        join cart_sourced_line s on s.bkt = w.bkt and s.owner_id = w.owner_id and s.is_ticked
    ) as c order by c.owner_id, c.added_at desc, c.sku_id, c.source_kind, c.source_ref, c.source_token
    """,
)
PIECES = value(
    int,
    """
    select coalesce(sum(quantity), 0)::bigint from (
        select quantity from cart_line where bkt = $1 and owner_id = $2
        union all select quantity from cart_sourced_line where bkt = $1 and owner_id = $2) as lines
    """,
)


async def get_cart(tx: Tx, actor: Actor, region: str) -> CartView:
    """An actor's own cart, a guest's too."""
    lines = await tx.all(LINES, actor.bucket, actor.id)
    wanted = [LineRequest(line.product_id, line.sku_id, line.quantity, source=line.source) for line in lines]
    ticked = [each for each, line in zip(wanted, lines, strict=True) if line.is_ticked]
    buyer = Buyer(actor.id) if actor.is_member else None
    asks = await QuoteAsk(wanted, region, buyer).split(tx)
    # A quote of what is ticked is another one only where something is not.
    mine = [[each for each in ask.wanted if each in ticked] for ask in asks]
    partly = [n for n, ask in enumerate(asks) if len(mine[n]) < len(ask.wanted)]
    quotes = await quote_many(tx, [*asks, *(QuoteAsk(mine[n], region, buyer) for n in partly)])
    of_ticked = [quotes[len(asks) + partly.index(n)] if n in partly else quotes[n] for n in range(len(asks))]
    bought = [quote for quote in of_ticked if quote.shops]
    return CartView(
        lines, quotes[: len(asks)], (bought or of_ticked)[0], await free_of(tx, [line.sku_id for line in lines]),
        len(bought) > 1,
    )  # fmt: skip


async def ticked_lines(tx: Tx, actors: Sequence[Actor]) -> dict[int, list[LineRequest]]:
    """What each of these actors means to buy now, by its id."""
    found: dict[int, list[LineRequest]] = {actor.id: [] for actor in actors}
    for line in await tx.all(TICKED, [bucket_of(each) for each in found], list(found)):
        source = LineSource(line.source_kind, line.source_ref, line.source_token) if line.source_kind else NO_SOURCE
        found[line.owner_id].append(LineRequest(line.product_id, line.sku_id, line.quantity, source=source))
    return found


async def count_pieces(tx: Tx, actor: Actor) -> int:
    """How many pieces are in the cart, for its badge."""
    return await tx.one(PIECES, actor.bucket, actor.id)
