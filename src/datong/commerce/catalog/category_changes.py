"""Categories that were renamed or moved: their goods are put on the right shelves, and whoever copies them is told."""

from itertools import groupby

import msgspec

from datong.commerce.catalog.publish_product import tell_published
from datong.commerce.catalog.shelves import ShelfItem, clear_shelves, put_on_shelves
from datong.commerce.catalog.taxonomy import BOOK, get_category_book
from datong.commerce.merchant import hold_shop
from datong.kernel.sql import command, rows
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db

BATCH = 200


class Change(msgspec.Struct, frozen=True):
    """A category whose goods are walked over, and the last product that is done."""

    category_id: int
    after_bkt: int
    after_product: int


class Found(msgspec.Struct, frozen=True):
    """A product in it."""

    bkt: int
    product_id: int
    shop_id: int


class Shown(msgspec.Struct, frozen=True):
    """A product on sale, under its lock."""

    product_id: int
    category_id: int
    price: int
    version: int


DUE = rows(
    Change,
    "select category_id, after_bkt, after_product from category_change where due_at <= $1 order by due_at limit 20",
)
NEXT = rows(
    Found,
    """
    select bkt, product_id, shop_id from product
    where category_id = any($1) and (bkt, product_id) > ($2, $3) order by bkt, product_id limit $4
    """,
)
SHOWN = rows(
    Shown,
    """
    select product_id, category_id, price_min as price, version from product
    where bkt = $1 and shop_id = $2 and product_id = any($3) and is_on_sale order by product_id for share
    """,
)
STEP = command(
    """
    update category_change set after_bkt = $4, after_product = $5
    where category_id = $1 and after_bkt = $2 and after_product = $3
    """
)
DONE = command("delete from category_change where category_id = $1 and after_bkt = $2 and after_product = $3")


async def follow_categories(db: Db) -> int:
    """Walk on over the goods of every changed category, a batch each; answers how many categories there were.

    A category that is changed once more meanwhile begins anew.
    """
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)

    async def walk(change: Change) -> None:
        await _walk(db, change)

    if due:
        BOOK.forget()
    await one_by_one(due, walk)
    return len(due)


async def _walk(db: Db, change: Change) -> None:
    at = change.category_id, change.after_bkt, change.after_product
    async with db.read() as tx:
        book = await get_category_book(tx)
        below = [each for each in book.by_id if any(up.category_id == change.category_id for up in book.path(each))]
        found = await tx.all(NEXT, below, change.after_bkt, change.after_product, BATCH)
    for (bucket, shop_id), products in groupby(
        sorted(found, key=lambda each: (each.bkt, each.shop_id, each.product_id)),
        key=lambda each: (each.bkt, each.shop_id),
    ):
        await _follow(db, bucket, shop_id, [each.product_id for each in products])
    async with db.begin() as tx:
        if len(found) == BATCH:
            await tx.run(STEP, *at, found[-1].bkt, found[-1].product_id)
        else:
            await tx.run(DONE, *at)


async def _follow(db: Db, bucket: int, shop_id: int, product_ids: list[int]) -> None:
    async with db.begin(bucket) as tx:
        shop = await hold_shop(tx, shop_id)
        shown = await tx.all(SHOWN, bucket, shop_id, product_ids)
        await clear_shelves(tx, shop_id, [each.product_id for each in shown])
        await put_on_shelves(tx, shop, [ShelfItem(each.product_id, each.category_id, each.price) for each in shown])
        for each in shown:
            tell_published(tx, shop_id, each.product_id, each.version, is_on_sale=True)
