"""Marking: products whose entry is not what it was any more.

A mark is taken away by who has put them into the index.
"""

from collections.abc import Sequence

import msgspec

from datong.commerce import catalog
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx


class Marked(msgspec.Struct, frozen=True):
    """A product that waits; a mark set meanwhile counts up."""

    bkt: int
    product_id: int
    marks: int


MARK = command("select search_mark($1, $2, $3::integer[], $4::bigint[])")
WAITING = rows(Marked, "select bkt, product_id, marks from search_dirty order by marked_at limit $1")
DONE = command("select search_unmark($1, $2::integer[], $3::bigint[], $4::integer[])")


async def mark_products(tx: Tx, product_ids: Sequence[int]) -> None:
    """These products are to be looked at again; they are of the transaction's buckets."""
    wanted = sorted({each for each in product_ids if bucket_of(each) in tx.buckets})
    if wanted:
        buckets = [bucket_of(each) for each in wanted]
        await tx.run(MARK, buckets[0], tx.now, buckets, wanted)


async def mark_shop(tx: Tx, shop_id: int) -> None:
    """All products of a shop are to be looked at again."""
    last = 0
    while found := await catalog.list_product_ids(tx, shop_id, last):
        await mark_products(tx, found)
        last = found[-1]


async def list_marked(tx: Tx, limit: int) -> list[Marked]:
    """What waits, the longest first."""
    return await tx.all(WAITING, limit)


async def unmark(db: Db, marked: Sequence[Marked]) -> None:
    """What was put into the index as it was when it was read; what was marked once more meanwhile goes on waiting."""
    for buckets in db.groups(each.bkt for each in marked):
        mine = [each for each in marked if each.bkt in buckets]
        async with db.begin_many(buckets, is_async_commit=True) as tx:
            parts = [each.bkt for each in mine], [each.product_id for each in mine], [each.marks for each in mine]
            await tx.run(DONE, buckets[0], *parts)
