"""Digital goods: a shop lays contents (codes, links, texts) ready, and payment takes them.

Contents are in the shop's bucket, orders in their buyers'. A payment asks for contents; what is taken is told, and the
order records it in its own bucket. A line that finds too few waits, earliest first, until the shop adds some; contents
that come to a line which is not there to take them any more (refunded meanwhile) are free again.
"""

from collections.abc import Sequence

import msgspec

from datong.commerce.catalog import HandOver, get_offers
from datong.commerce.fulfilment.handovers import MAX_TEXT, put_handover
from datong.facts.fulfilment import DigitalGoodsDue, DigitalGoodsReturned, DigitalGoodsTaken, DigitalLine
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.request import remember
from datong.kernel.sql import changed_value, command, rows
from datong.kernel.turns import take_turn
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

MAX_ADDED = 1_000
MAX_WAITING = 200


class DigitalStock(msgspec.Struct, frozen=True):
    """What lies ready for a SKU: contents that are used once, whether one serves everybody, and lines that wait."""

    sku_id: int
    free: int
    has_reusable: bool
    waiting: int


class _Item(msgspec.Struct, frozen=True):
    item_id: int
    content: str
    is_reusable: bool


class _Wait(msgspec.Struct, frozen=True):
    line_id: int
    order_id: int
    purchase_id: int
    shop_id: int
    sku_id: int
    quantity: int


PUT_ITEMS = command(
    """
    insert into digital_item (bkt, item_id, shop_id, sku_id, content, is_reusable, added_at)
    select $1, i.item_id, $2, $3, i.content, $4, $5 from unnest($6::bigint[], $7::text[]) as i (item_id, content)
    """
)
DROP_REUSABLE = command("delete from digital_item where bkt = $1 and sku_id = $2 and is_reusable")
DROP_FREE = command("delete from digital_item where bkt = $1 and shop_id = $2 and sku_id = $3 and line_id = 0")
LOCK_FREE = rows(
    _Item,
    """
    select item_id, content, is_reusable from digital_item where bkt = $1 and sku_id = $2 and line_id = 0
    order by is_reusable desc, item_id limit $3 for update
    """,
)
TAKE = command("update digital_item set line_id = $3 where bkt = $1 and item_id = any($2)")
CONTENTS = rows(
    _Item,
    """
    select item_id, content, is_reusable from digital_item where bkt = $1 and item_id = any($2)
    order by item_id limit 10000
    """,
)
FREE = changed_value(
    int,
    """
    update digital_item set line_id = 0 where bkt = $1 and line_id = $2 and item_id = any($3) returning sku_id
    """,
)
WAIT = command(
    """
    insert into digital_wait (bkt, line_id, order_id, purchase_id, shop_id, sku_id, quantity, since)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
    """
)
WAITING = rows(
    _Wait,
    """
    select line_id, order_id, purchase_id, shop_id, sku_id, quantity from digital_wait
    where bkt = $1 and sku_id = $2 order by line_id limit $3 for update
    """,
)
FORGET = changed_value(
    int,
    """
    delete from digital_wait
    where bkt = $1 and order_id = $2 and (line_id = any($3) or $3 = '{}') returning sku_id
    """,
)
SERVED = command("delete from digital_wait where bkt = $1 and line_id = $2")
STOCK = rows(
    DigitalStock,
    """
    select w.sku_id,
        (select count(*) from (select 1 from digital_item i where i.bkt = $1 and i.sku_id = w.sku_id and i.line_id = 0
            and i.shop_id = $3 and not i.is_reusable limit 10000) as free) as free,
        exists (select 1 from digital_item i where i.bkt = $1 and i.sku_id = w.sku_id and i.line_id = 0
            and i.shop_id = $3 and i.is_reusable) as has_reusable,
        (select count(*) from (select 1 from digital_wait d where d.bkt = $1 and d.sku_id = w.sku_id
            and d.shop_id = $3 limit 10000) as waiting) as waiting
    from unnest($2::bigint[]) as w (sku_id)
    """,
)


async def ask_for_items(tx: Tx, what: HandOver) -> bool:
    """Ask the shop's contents for paid lines; they come with `DigitalGoodsTaken`."""
    lines = [DigitalLine(line.line_id, line.sku_id, line.quantity) for line in what.lines]
    tx.emit(DigitalGoodsDue(purchase_id=what.purchase_id, order_id=what.order_id, shop_id=what.shop_id, lines=lines))
    return False


async def take_items(tx: Tx, fact: DigitalGoodsDue) -> None:
    """In the shop's bucket: take contents for each paid line, or let it wait. Once for each line."""
    for line in sorted(fact.lines, key=lambda each: each.line_id):
        wait = _Wait(line.line_id, fact.order_id, fact.purchase_id, fact.shop_id, line.sku_id, line.quantity)
        await tx.run(
            WAIT, tx.bucket, wait.line_id, wait.order_id, wait.purchase_id, wait.shop_id, wait.sku_id, wait.quantity,
            tx.now,
        )  # fmt: skip
    for sku_id in sorted({line.sku_id for line in fact.lines}):
        await _serve(tx, sku_id)


async def _serve(tx: Tx, sku_id: int) -> None:
    """Give contents to the lines that wait for a SKU, earliest first, until one finds too few.

    One transaction at a time does so for a SKU, so that none overlooks what another is about to leave.
    """
    await take_turn(tx, sku_id)
    while waiting := await tx.all(WAITING, tx.bucket, sku_id, MAX_WAITING):
        for wait in waiting:
            if not await _give(tx, wait):
                return


async def forget_waiting(tx: Tx, order_id: int, line_ids: Sequence[int] = ()) -> None:
    """In the shop's bucket: these lines of an order (none named: all of it) came to nothing and wait no more."""
    for sku_id in sorted(set(await tx.all(FORGET, tx.bucket, order_id, list(line_ids)))):
        await _serve(tx, sku_id)


async def _give(tx: Tx, wait: _Wait) -> bool:
    """Give a line its contents; False if there are too few."""
    found = await tx.all(LOCK_FREE, tx.bucket, wait.sku_id, wait.quantity)
    if found and found[0].is_reusable:
        found = found[:1]
    elif len(found) < wait.quantity:
        return False
    else:
        await tx.run(TAKE, tx.bucket, [each.item_id for each in found], wait.line_id)
    await tx.run(SERVED, tx.bucket, wait.line_id)
    tx.emit(
        DigitalGoodsTaken(
            purchase_id=wait.purchase_id, order_id=wait.order_id, shop_id=wait.shop_id, line_id=wait.line_id,
            item_ids=[each.item_id for each in found],
        )
    )  # fmt: skip
    return True


async def record_digital(tx: Tx, what: HandOver, item_ids: Sequence[int]) -> bool:
    """In the buyer's bucket: keep the contents that were taken for a line with the order.

    False if they are not there any more (the shop has replaced what serves everybody): the line asks anew.
    """
    found = await tx.all(CONTENTS, bucket_of(what.shop_id), list(item_ids))
    if len(found) < len(item_ids):
        await ask_for_items(tx, what)
        return False
    words = {"contents": [each.content for each in found], "item_ids": [str(each) for each in item_ids]}
    await put_handover(tx, "digital", what, words, is_received=True)
    return True


def return_items(tx: Tx, fact: DigitalGoodsTaken) -> None:
    """In the buyer's bucket: what was taken for a line that cannot have it any more goes back."""
    tx.emit(
        DigitalGoodsReturned(
            purchase_id=fact.purchase_id, order_id=fact.order_id, shop_id=fact.shop_id, line_id=fact.line_id,
            item_ids=fact.item_ids,
        )
    )  # fmt: skip


async def free_items(tx: Tx, fact: DigitalGoodsReturned) -> None:
    """In the shop's bucket: what was taken for a line that is not there any more serves the next that waits."""
    freed = await tx.all(FREE, tx.bucket, fact.line_id, fact.item_ids)
    for sku_id in sorted(set(freed)):
        await _serve(tx, sku_id)


@use_case("shop_id")
async def add_digital_items(
    tx: Tx, actor: Actor, shop_id: int, product_id: int, sku_id: int, contents: Sequence[str], request_key: str, *,
    is_reusable: bool = False,
) -> int:  # fmt: skip
    """Lay contents ready for a SKU of a digital product; answers how many, the same for the same key.

    A reusable one serves every buyer and replaces the one there was. Lines that wait are served at once. Refuses
    `NotFound` for a SKU of another shop, `Invalid`.
    """
    actor.must("shop:digital:edit", shop_id)
    await must_be_digital(tx, shop_id, product_id, sku_id)
    cleaned = [text.strip() for text in contents if text.strip()]
    most = 1 if is_reusable else MAX_ADDED
    if not 1 <= len(cleaned) <= most or any(len(text) > MAX_TEXT or "\x00" in text for text in cleaned):
        raise Invalid("contents", f"1 to {most}, each of at most {MAX_TEXT} characters")
    before = await remember(tx, shop_id, request_key, [sku_id, cleaned, is_reusable], len(cleaned))
    if before is not None:
        return before
    if is_reusable:
        await tx.run(DROP_REUSABLE, tx.bucket, sku_id)
    ids = [tx.new_id(tx.bucket) for _ in cleaned]
    await tx.run(PUT_ITEMS, tx.bucket, shop_id, sku_id, is_reusable, tx.now, ids, cleaned)
    await _serve(tx, sku_id)
    return len(cleaned)


@use_case("shop_id")
async def drop_digital_items(tx: Tx, actor: Actor, shop_id: int, product_id: int, sku_id: int) -> None:
    """Remove all contents of a SKU that nobody has bought. Refuses `NotFound` for a SKU of another shop."""
    actor.must("shop:digital:edit", shop_id)
    await must_be_digital(tx, shop_id, product_id, sku_id)
    await tx.run(DROP_FREE, tx.bucket, shop_id, sku_id)


async def list_digital_stock(tx: Tx, actor: Actor, shop_id: int, sku_ids: Sequence[int]) -> dict[int, DigitalStock]:
    """What lies ready for these SKUs of a shop, by SKU."""
    actor.must("shop:digital:edit", shop_id)
    return {each.sku_id: each for each in await tx.all(STOCK, bucket_of(shop_id), list(sku_ids), shop_id)}


async def must_be_digital(tx: Tx, shop_id: int, product_id: int, sku_id: int) -> None:
    """Refuses `NotFound` unless it is a SKU of a digital product of this shop."""
    offer = (await get_offers(tx, {(product_id, sku_id)})).get(sku_id)
    if offer is None or offer.shop_id != shop_id or offer.method != "digital":
        raise NotFound("sku", sku_id)
