"""Changing a product that is there: on sale or not, list prices, and what the shop gave last."""

from collections.abc import Mapping

import msgspec

from datong.commerce.catalog.publish_product import (
    PUT_VERSION,
    Row,
    publish_product,
    tell_published,
)
from datong.commerce.catalog.shelves import clear_shelves
from datong.commerce.catalog.validation import (
    MAX_PRICE,
    PriceOutOfBounds,
    ProductDraft,
    content_hash_of,
    kept_form,
    sale_key,
)
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotFound
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx


class Kept(msgspec.Struct, frozen=True):
    """A product as it was last given."""

    body: dict[str, object]


class Locked(msgspec.Struct, frozen=True):
    """A product under its lock."""

    outer_id: str
    version: int
    is_on_sale: bool


LAST_VERSION = rows(
    Kept,
    """
    select v.body from product p
    join product_version v on v.bkt = p.bkt and v.product_id = p.product_id
    where p.bkt = $1 and p.product_id = $2 and p.shop_id = $3 order by v.version desc limit 1
    """,
)

LOCK = rows(
    Locked,
    """
    select outer_id, version, is_on_sale from product where bkt = $1 and product_id = $2 and shop_id = $3 for update
    """,
)
TAKE_OFF = command(
    """
    update product set is_on_sale = false, version = $3, content_hash = $4, changed_at = $5
    where bkt = $1 and product_id = $2
    """
)


async def get_last_draft(tx: Tx, shop_id: int, product_id: int) -> ProductDraft:
    """What the shop gave last for a product; refuses `NotFound`."""
    kept = await tx.maybe(LAST_VERSION, bucket_of(shop_id), product_id, shop_id)
    if kept is None:
        raise NotFound("product", product_id)
    return msgspec.convert(kept.body["draft"], ProductDraft)


async def take_off_sale(tx: Tx, shop_id: int, product_id: int) -> Row:
    """Take a product off sale as a version of its own; what is off sale is left so. Refuses `NotFound`.

    SELECT … FOR UPDATE of the product in the shop's bucket.
    """
    bucket = bucket_of(shop_id)
    found = await tx.maybe(LOCK, bucket, product_id, shop_id)
    if found is None:
        raise NotFound("product", product_id)
    if not found.is_on_sale:
        return Row(found.outer_id, "same", product_id, found.version)
    kept = await tx.one(LAST_VERSION, bucket, product_id, shop_id)
    draft = msgspec.structs.replace(msgspec.convert(kept.body["draft"], ProductDraft), is_on_sale=False)
    version = found.version + 1
    await tx.run(TAKE_OFF, bucket, product_id, version, content_hash_of(draft), tx.now)
    await tx.run(PUT_VERSION, bucket, tx.now, [product_id], [version], [kept.body | {"draft": kept_form(draft)}])
    await clear_shelves(tx, shop_id, [product_id])
    tell_published(tx, shop_id, product_id, version, is_on_sale=False)
    return Row(found.outer_id, "changed", product_id, version)


async def set_on_sale(db: Db, actor: Actor, shop_id: int, product_id: int, *, is_on_sale: bool) -> Row:
    """Put a product on sale or take it off; a version of its own, like every change.

    Only what goes on sale is checked: nothing but the right is needed to take it off.
    """
    actor.must("shop:product:edit", shop_id)
    if not is_on_sale:
        async with db.begin(bucket_of(shop_id)) as tx:
            return await take_off_sale(tx, shop_id, product_id)
    async with db.read() as tx:
        draft = await get_last_draft(tx, shop_id, product_id)
    return await publish_product(db, actor, shop_id, msgspec.structs.replace(draft, is_on_sale=True))


async def set_list_prices(db: Db, actor: Actor, shop_id: int, product_id: int, prices: Mapping[str, int]) -> Row:
    """Change list prices by sale key; refuses `NotFound` for a SKU it does not have."""
    actor.must("shop:price:edit", shop_id)
    async with db.read() as tx:
        draft = await get_last_draft(tx, shop_id, product_id)
    have = {sale_key(sku.labels) for sku in draft.skus}
    for name, price in prices.items():
        if name not in have:
            raise NotFound("sku", name)
        if not 1 <= price <= MAX_PRICE:
            raise PriceOutOfBounds("price", f"1 to {MAX_PRICE}")
    skus = [msgspec.structs.replace(sku, price=prices.get(sale_key(sku.labels), sku.price)) for sku in draft.skus]
    return await publish_product(db, actor, shop_id, msgspec.structs.replace(draft, skus=skus))
