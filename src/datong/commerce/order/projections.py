"""The seller's copy of orders: a shop's lists come from its own bucket, and follow the buyer's by version."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.commerce.order.queries import LINES_OF_MANY, MANY, OrderLine, ShopOrder, StateCount
from datong.commerce.order.ship_deadline import promised_by
from datong.commerce.order.states import OrderState
from datong.commerce.rulebook import Rules, get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid
from datong.kernel.sql import Doc, changed_value, rows
from datong.kernel.tx import Db, Tx


class SellerOrder(msgspec.Struct, frozen=True):
    """An order in a shop's list. Who the buyer is and where it lives is not copied."""

    order_id: int
    version: int
    state: str
    currency: str
    payable: int
    pieces: int
    first_line: dict[str, object]
    line_count: int
    region: str
    city: str
    placed_at: datetime
    paid_at: datetime | None
    ship_by: datetime | None


COPY = changed_value(int, "select order_copy($1, $2::jsonb)")
COLUMNS = """order_id, version, state, currency, payable, pieces, first_line, line_count, region, city, placed_at,
           paid_at, ship_by"""
LIST = rows(
    SellerOrder,
    f"""
    select {COLUMNS} from seller_order
    where bkt = $1 and shop_id = $2 and order_id < $3 order by order_id desc limit $4
    """,
)
LIST_IN = rows(
    SellerOrder,
    f"""
    select {COLUMNS} from unnest($5::text[]) as w (wanted)
    cross join lateral (
        select * from seller_order
        where bkt = $1 and shop_id = $2 and order_id < $3 and state = w.wanted order by order_id desc limit $4) as found
    order by order_id desc limit $4
    """,
)
COUNTS = rows(
    StateCount,
    """
    select w.state, (select count(*) from (
        select 1 from seller_order s where s.bkt = $1 and s.shop_id = $2 and s.state = w.state limit 1000) as counted
    ) as count
    from unnest($3::text[]) as w (state)
    """,
)


async def copy_to_sellers(tx: Tx, order_ids: Sequence[int]) -> None:
    """Bring the shops' copies up to the orders as they are now; an older state never overwrites a newer one.

    Only the copies that belong in this transaction's buckets are written.
    """
    wanted = sorted(set(order_ids))
    orders = await tx.all(MANY, [bucket_of(each) for each in wanted], wanted)
    mine = {each.order_id: each for each in orders if bucket_of(each.shop_id) in tx.buckets}
    if not mine:
        return
    lines: dict[int, list[OrderLine]] = {}
    for line in await tx.all(LINES_OF_MANY, [bucket_of(each) for each in mine], list(mine)):
        lines.setdefault(line.order_id, []).append(line)
    rules = await get_rules(tx)
    copies = [_copy(order, lines[order_id], rules) for order_id, order in sorted(mine.items())]
    await tx.one(COPY, tx.bucket, Doc(copies))


def _copy(order: ShopOrder, lines: Sequence[OrderLine], rules: Rules) -> dict[str, object]:
    return {
        "bkt": bucket_of(order.shop_id), "order_id": order.order_id, "shop_id": order.shop_id,
        "purchase_id": order.purchase_id, "version": order.version, "state": order.state, "currency": order.currency,
        "payable": order.payable, "pieces": sum(line.quantity for line in lines),
        "first_line": {"titles": lines[0].titles, "labels": lines[0].labels, "picture": lines[0].picture},
        "line_count": len(lines), "region": str(order.address.get("region", "")),
        "city": str(order.address.get("city", "")), "placed_at": order.placed_at, "paid_at": order.paid_at,
        "ship_by": promised_by(rules, order.storefront_id, order.paid_at) if order.paid_at else None,
        "ended_at": order.ended_at,
    }  # fmt: skip


async def copy_order_now(db: Db, order_id: int, shop_id: int) -> None:
    """Bring the copy up to date at once, for a seller who has just acted and looks at the list."""
    async with db.begin(bucket_of(shop_id)) as tx:
        await copy_to_sellers(tx, [order_id])


async def list_seller_orders(
    tx: Tx, actor: Actor, shop_id: int, states: list[str] | None = None, cursor: str = "", limit: int = 30
) -> Page[SellerOrder]:
    """A shop's orders, newest first, in some states or in all."""
    actor.must("shop:order:read", shop_id)
    wanted = states or []
    if not set(wanted) <= {state.value for state in OrderState}:
        raise Invalid("state", "one of the order states")
    (before,) = decode_cursor(cursor, [2**63 - 1])
    asked = (bucket_of(shop_id), shop_id, before, clamp_limit(limit) + 1)
    found = await tx.all(LIST_IN, *asked, sorted(set(wanted))) if wanted else await tx.all(LIST, *asked)
    return make_page(found, limit, lambda order: [order.order_id])


async def count_seller_orders(tx: Tx, actor: Actor, shop_id: int) -> dict[str, int]:
    """How many orders of a shop are in each state."""
    actor.must("shop:order:read", shop_id)
    states = [state.value for state in OrderState]
    return {each.state: each.count for each in await tx.all(COUNTS, bucket_of(shop_id), shop_id, states)}
