"""Goods whose shop has lost what it sold them by are taken down, each by itself. Source: domain.md §1, §2."""

import logging
from datetime import timedelta

import msgspec

from datong.commerce.catalog.edit_product import take_off_sale
from datong.commerce.catalog.needs import needs_of, permits_of, what_lacks
from datong.commerce.catalog.taxonomy import get_category_book
from datong.commerce.merchant import get_shop
from datong.commerce.qualification import BRAND, hold_qualifications
from datong.commerce.rulebook import get_rules
from datong.facts.qualification import QualificationEnded
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx, is_lost

log = logging.getLogger("datong.catalog")
PAUSE = timedelta(minutes=10)


class Due(msgspec.Struct, frozen=True):
    """A product that is to be looked at."""

    bkt: int
    product_id: int
    shop_id: int


class OnSale(msgspec.Struct, frozen=True):
    """What a product on sale is sold by."""

    category_id: int
    brand_id: int


QUEUE_BRAND = command(
    """
    insert into takedown (bkt, product_id, shop_id, due_at)
    select $1, product_id, shop_id, $4 from product where bkt = $1 and shop_id = $2 and brand_id = $3 and is_on_sale
    on conflict do nothing
    """
)
QUEUE_CATEGORIES = command(
    """
    insert into takedown (bkt, product_id, shop_id, due_at)
    select $1, product_id, shop_id, $4 from product
    where bkt = $1 and shop_id = $2 and category_id = any($3) and is_on_sale
    on conflict do nothing
    """
)
DUE = rows(Due, "select bkt, product_id, shop_id from takedown where due_at <= $1 order by due_at limit 200")
LOCK = rows(
    OnSale,
    "select category_id, brand_id from product where bkt = $1 and product_id = $2 and is_on_sale for update",
)
DONE = command("delete from takedown where bkt = $1 and product_id = $2")
LATER = command("update takedown set attempts = attempts + 1, due_at = $3 where bkt = $1 and product_id = $2")


async def queue_takedowns(tx: Tx, fact: QualificationEnded) -> None:
    """Have a look at every product that was sold by what has ended; whether something else covers it is asked then."""
    shop = await get_shop(tx, fact.shop_id)
    rules, book = await get_rules(tx), await get_category_book(tx)
    bucket = bucket_of(fact.shop_id)
    if fact.kind == BRAND:
        if needs_of(rules, tx.now, shop, book, ()).is_brand_needed:
            await tx.run(QUEUE_BRAND, bucket, fact.shop_id, fact.brand_id, tx.now)
        return
    concerned = [each for each in book.by_id if fact.kind in permits_of(rules, tx.now, shop.storefront_id, book, each)]
    await tx.run(QUEUE_CATEGORIES, bucket, fact.shop_id, concerned, tx.now)


async def run_takedowns(db: Db) -> int:
    """Take down what is due, each product in its own transaction; answers how many were found.

    One that fails is tried again ten minutes later and stops no other.
    """
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        try:
            async with db.begin(each.bkt) as tx:
                await _take_down(tx, each)
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("a product could not be taken down", extra={"product": each.product_id})
            async with db.begin(each.bkt) as tx:
                await tx.run(LATER, each.bkt, each.product_id, tx.now + PAUSE)
    return len(due)


async def _take_down(tx: Tx, due: Due) -> None:
    found = await tx.maybe(LOCK, due.bkt, due.product_id)
    if found is not None:
        shop = await get_shop(tx, due.shop_id)
        needs = needs_of(await get_rules(tx), tx.now, shop, await get_category_book(tx), [found.category_id])
        held = await hold_qualifications(tx, due.shop_id)
        if what_lacks(needs, held, found.brand_id, "", found.category_id) is not None:
            await take_off_sale(tx, due.shop_id, due.product_id)
    await tx.run(DONE, due.bkt, due.product_id)
