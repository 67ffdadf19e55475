"""Describing: products with everything that is said of them, many at once, for whoever makes lists of their own."""

from collections.abc import Iterable, Sequence

import msgspec

from datong.commerce.catalog.brands import NAMES as BRANDS
from datong.commerce.catalog.brands import Brand
from datong.commerce.catalog.queries import PRODUCT_COLUMNS, Product
from datong.commerce.catalog.taxonomy import Attribute, AttributeValue
from datong.kernel.cache import TtlCache
from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows, value
from datong.kernel.tx import Tx


class Place(msgspec.Struct, frozen=True):
    """Where a product lies: products are gone through in this order."""

    bkt: int
    product_id: int


class Labelled(msgspec.Struct, frozen=True):
    """A SKU's labels."""

    product_id: int
    labels: dict[str, str]


class Description(msgspec.Struct, frozen=True):
    """A product, what its SKUs are called, and the terms its freight goes by (0: free)."""

    product: Product
    labels: list[dict[str, str]]
    freight_template_id: int
    published_at: int
    """Unix seconds."""


class DescribedProduct(msgspec.Struct, frozen=True):
    """What a product's own view does not show."""

    product_id: int
    freight_template_id: int
    published_at: int


PRODUCTS = rows(Product, f"select {PRODUCT_COLUMNS} from product where bkt = any($1) and product_id = any($2)")
TOLD = rows(
    DescribedProduct,
    """
    select product_id, freight_template_id, extract(epoch from published_at)::bigint as published_at
    from product where bkt = any($1) and product_id = any($2)
    """,
)
LABELS = rows(
    Labelled,
    """
    select product_id, labels from sku where product_id = any($2) and bkt = any($1) and is_offered
    order by product_id, place limit 20000
    """,
)
NEXT = rows(
    Place,
    """
    select bkt, product_id from product where (bkt, product_id) > ($1, $2) order by bkt, product_id limit $3
    """,
)
OF_SHOP = value(
    int,
    "select product_id from product where bkt = $1 and shop_id = $2 and product_id > $3 order by product_id limit 1000",
)
ATTRIBUTES = rows(Attribute, "select attribute_id, ref, names, kind, unit from attribute where attribute_id = any($1)")
VALUES = rows(AttributeValue, "select value_id, attribute_id, ref, names from attribute_value where value_id = any($1)")


async def describe_products(tx: Tx, product_ids: Sequence[int]) -> list[Description]:
    """Up to a thousand products, on sale or not; those that do not exist are missing."""
    wanted = sorted(set(product_ids))[:1000]
    if not wanted:
        return []
    buckets = sorted({bucket_of(each) for each in wanted})
    products = await tx.all(PRODUCTS, buckets, wanted)
    told = {each.product_id: each for each in await tx.all(TOLD, buckets, wanted)}
    labels: dict[int, list[dict[str, str]]] = {}
    for each in await tx.all(LABELS, buckets, wanted):
        labels.setdefault(each.product_id, []).append(each.labels)
    return [
        Description(
            each, labels.get(each.product_id, []), told[each.product_id].freight_template_id,
            told[each.product_id].published_at,
        )
        for each in products if each.product_id in told
    ]  # fmt: skip


async def list_places(tx: Tx, after: Place, limit: int = 500) -> list[Place]:
    """The next products after a place, of all shops."""
    return await tx.all(NEXT, after.bkt, after.product_id, min(limit, 1000))


async def list_product_ids(tx: Tx, shop_id: int, after: int = 0) -> list[int]:
    """A shop's products by number, a thousand at a time."""
    return await tx.all(OF_SHOP, bucket_of(shop_id), shop_id, after)


async def _read_brands(tx: Tx, brand_ids: list[int]) -> dict[int, Brand]:
    return {each.brand_id: each for each in await tx.all(BRANDS, brand_ids)}


async def _read_attributes(tx: Tx, attribute_ids: list[int]) -> dict[int, Attribute]:
    return {each.attribute_id: each for each in await tx.all(ATTRIBUTES, attribute_ids)}


async def _read_values(tx: Tx, value_ids: list[int]) -> dict[int, AttributeValue]:
    return {each.value_id: each for each in await tx.all(VALUES, value_ids)}


RECENT_BRANDS = TtlCache(_read_brands, max_age=60.0)
RECENT_ATTRIBUTES = TtlCache(_read_attributes, max_age=60.0)
RECENT_VALUES = TtlCache(_read_values, max_age=60.0)


async def get_brands(tx: Tx, brand_ids: Iterable[int]) -> dict[int, Brand]:
    """Brands by number, at most a minute behind."""
    return await RECENT_BRANDS.get_many(tx, (each for each in brand_ids if each))


async def get_attributes(tx: Tx, attribute_ids: Iterable[int]) -> dict[int, Attribute]:
    """Attributes by number, at most a minute behind."""
    return await RECENT_ATTRIBUTES.get_many(tx, attribute_ids)


async def get_attribute_values(tx: Tx, value_ids: Iterable[int]) -> dict[int, AttributeValue]:
    """Values of choices by number, at most a minute behind."""
    return await RECENT_VALUES.get_many(tx, value_ids)
