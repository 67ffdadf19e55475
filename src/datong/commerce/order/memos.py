"""A shop's own notes on orders: a flag and a few words that the buyer never sees; and the finding of orders by them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from datong.commerce.order.projections import COLUMNS, SellerOrder
from datong.commerce.order.queries import own_order
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command, rows
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

FLAGS = 5
"""Colours of flags: red, yellow, green, blue, purple (domain.md §3: seller memo flags)."""
MAX_NOTE = 500


class OrderMemo(msgspec.Struct, frozen=True):
    """What the shop has noted on an order; flag 0 is none."""

    order_id: int
    flag: int
    text: str
    changed_at: datetime


PUT = command(
    """
    insert into order_memo (bkt, order_id, shop_id, flag, text, changed_by, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (bkt, order_id) do update set flag = excluded.flag, text = excluded.text,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at
    """
)
MEMOS = rows(OrderMemo, "select order_id, flag, text, changed_at from order_memo where bkt = $1 and order_id = any($2)")
FLAGGED = rows(
    SellerOrder,
    f"""
    select {COLUMNS} from seller_order where bkt = $1 and shop_id = $2 and order_id in (
        select m.order_id from order_memo m
        where m.bkt = $1 and m.shop_id = $2 and m.flag = $3 and m.order_id < $4 order by m.order_id desc limit $5)
    order by order_id desc
    """,
)
OF_NUMBER = rows(SellerOrder, f"select {COLUMNS} from seller_order where bkt = $1 and shop_id = $2 and order_id = $3")


@use_case("shop_id")
async def set_memo(tx: Tx, actor: Actor, shop_id: int, order_id: int, flag: int, text: str) -> None:
    """Flag an order of the shop and note a few words; flag 0 and no words take both away.

    Refuses `Invalid`, `NotFound`.
    """
    actor.must("shop:order:read", shop_id)
    order = await own_order(tx, actor, order_id, "read")
    actor.must("shop:order:read", order.shop_id)
    if not 0 <= flag <= FLAGS:
        raise Invalid("flag", f"0 to {FLAGS}")
    if len(text) > MAX_NOTE:
        raise Invalid("text", f"at most {MAX_NOTE} characters")
    await tx.run(PUT, bucket_of(order.shop_id), order_id, order.shop_id, flag, text.strip(), actor.id, tx.now)


async def get_memos(tx: Tx, actor: Actor, shop_id: int, order_ids: Iterable[int]) -> dict[int, OrderMemo]:
    """What the shop noted on these orders; those without a note are missing."""
    actor.must("shop:order:read", shop_id)
    wanted = sorted(set(order_ids))
    if not wanted:
        return {}
    return {each.order_id: each for each in await tx.all(MEMOS, bucket_of(shop_id), wanted)}


async def list_flagged_orders(
    tx: Tx, actor: Actor, shop_id: int, flag: int, cursor: str = "", limit: int = 20
) -> Page[SellerOrder]:
    """A shop's orders with a flag, newest first."""
    actor.must("shop:order:read", shop_id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(FLAGGED, bucket_of(shop_id), shop_id, flag, before, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda order: [order.order_id])


async def find_seller_order(tx: Tx, actor: Actor, shop_id: int, order_id: int) -> list[SellerOrder]:
    """The shop's order of a number, or none."""
    actor.must("shop:order:read", shop_id)
    return await tx.all(OF_NUMBER, bucket_of(shop_id), shop_id, order_id)
