"""Shelves: where products on sale of open shops stand in their categories, kept with every publishing.

A product has one place for each category from its own to the root, and one on the shelf of everything. What a shop
prepares before it opens, and the goods of a restricted one, stand nowhere. Source: domain.md §18 (a shielded shop
disappears from lists, its direct links work).
"""

import zlib
from collections.abc import Sequence

import msgspec

from datong.commerce.catalog.descriptions import list_product_ids
from datong.commerce.catalog.taxonomy import ALL_CATEGORIES, get_category_book
from datong.commerce.merchant import Shop, hold_shop
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command, rows
from datong.kernel.tx import Tx


class ShelfItem(msgspec.Struct, frozen=True):
    """A product on sale, its leaf category and its lowest price in minor units."""

    product_id: int
    category_id: int
    price: int


CLEAR_SHELF = command("delete from shelf where bkt = $1 and product_id = any($2)")
PUT_SHELF = command(
    """
    insert into shelf (bkt, category_id, product_id, storefront_id, price, mixed)
    select $1, s.category_id, s.product_id, $2, s.price, s.mixed
    from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::integer[]) as s (category_id, product_id, price, mixed)
    """
)
ON_SALE = rows(
    ShelfItem,
    """
    select product_id, category_id, price_min as price from product
    where bkt = $1 and shop_id = $2 and is_on_sale and product_id > $3 order by product_id limit 500 for share
    """,
)


async def clear_shelves(tx: Tx, shop_id: int, product_ids: Sequence[int]) -> None:
    """Take these products of a shop off every shelf."""
    await tx.run(CLEAR_SHELF, bucket_of(shop_id), list(product_ids))


async def put_on_shelves(tx: Tx, shop: Shop, items: Sequence[ShelfItem]) -> None:
    """Put products that stand on no shelf on theirs; nothing of a shop (as it was held) that is not open."""
    if not items or not shop.is_open:
        return
    book = await get_category_book(tx)
    lines: list[tuple[int, int, int, int]] = []
    for each in items:
        mixed = zlib.crc32(each.product_id.to_bytes(8, "big")) >> 1
        path = [category.category_id for category in book.path(each.category_id)]
        lines += [(category_id, each.product_id, each.price, mixed) for category_id in (*path, ALL_CATEGORIES)]
    parts = [list(part) for part in zip(*lines, strict=True)]
    await tx.run(PUT_SHELF, bucket_of(shop.shop_id), shop.storefront_id, *parts)


async def stock_shelves(tx: Tx, shop_id: int) -> None:
    """Have all of a shop's goods stand where they should, as the shop is now. Locks the shop, then its products."""
    shop, bucket = await hold_shop(tx, shop_id), bucket_of(shop_id)
    last = 0
    while found := await list_product_ids(tx, shop_id, last):
        await clear_shelves(tx, shop_id, found)
        last = found[-1]
    last = 0
    while shop.is_open and (items := await tx.all(ON_SALE, bucket, shop_id, last)):
        await put_on_shelves(tx, shop, items)
        last = items[-1].product_id
