"""Reading products: one for its page, offers for a quote, snapshots for an order, a shop's own list."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from datong.commerce.catalog.brands import NAMES, Brand
from datong.commerce.catalog.fulfilment_methods import DEFAULT_METHOD
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class Product(msgspec.Struct, frozen=True):
    """A product without its SKUs."""

    product_id: int
    shop_id: int
    storefront_id: int
    category_id: int
    brand_id: int
    outer_id: str
    version: int
    titles: dict[str, str]
    points: dict[str, str]
    description: dict[str, str]
    pictures: list[str]
    props: dict[str, object]
    specs: dict[str, str]
    price_min: int
    price_max: int
    sold_count: int
    is_on_sale: bool
    method: str


class Sku(msgspec.Struct, frozen=True):
    """One that can be bought, at its list price in minor units."""

    sku_id: int
    labels: dict[str, str]
    sale_key: str
    outer_id: str
    list_price: int


class SkuOfProduct(Sku, frozen=True):
    """One that can be bought, with its product."""

    product_id: int


class ProductView(msgspec.Struct, frozen=True):
    """A product's page: itself, its SKUs, its brand (None where it has none)."""

    product: Product
    skus: list[Sku]
    brand: Brand | None


class Offer(msgspec.Struct, frozen=True):
    """A SKU as it is offered at this moment: what a cart and a quote need to know."""

    sku_id: int
    product_id: int
    shop_id: int
    storefront_id: int
    category_id: int
    version: int
    titles: dict[str, str]
    picture: str | None
    labels: dict[str, str]
    list_price: int
    weight_grams: int
    volume_cm3: int
    freight_template_id: int
    is_offered: bool
    method: str = DEFAULT_METHOD


class Snapshot(msgspec.Struct, frozen=True):
    """A product as it was at one version."""

    product_id: int
    version: int
    body: dict[str, object]
    made_at: datetime


PRODUCT_COLUMNS = """product_id, shop_id, storefront_id, category_id, brand_id, outer_id, version, titles, points,
    description, pictures, props, specs, price_min, price_max, sold_count, is_on_sale, method"""
GET = rows(Product, f"select {PRODUCT_COLUMNS} from product where bkt = $1 and product_id = $2")
SKUS = rows(
    Sku,
    """
    select sku_id, labels, sale_key, outer_id, list_price from sku
    where bkt = $1 and product_id = $2 and is_offered order by place, sku_id limit 200
    """,
)
SKUS_OF_MANY = rows(
    SkuOfProduct,
    """
    select s.sku_id, s.labels, s.sale_key, s.outer_id, s.list_price, w.product_id
    from unnest($2::bigint[]) as w (product_id), lateral (
        select * from sku where bkt = $1 and product_id = w.product_id and is_offered order by place, sku_id limit 200
    ) as s order by w.product_id, s.place, s.sku_id
    """,
)
OFFERS = rows(
    Offer,
    """
    select s.sku_id, s.product_id, s.shop_id, p.storefront_id, p.category_id, p.version, p.titles,
           p.pictures[1] as picture, s.labels, s.list_price, p.weight_grams, p.volume_cm3, p.freight_template_id,
           s.is_offered and p.is_on_sale as is_offered, p.method
    from unnest($1::integer[], $2::bigint[], $3::bigint[]) as w (bkt, product_id, sku_id)
    join sku s on s.bkt = w.bkt and s.sku_id = w.sku_id and s.product_id = w.product_id
    join product p on p.bkt = s.bkt and p.product_id = s.product_id
    """,
)
SNAPSHOTS = rows(
    Snapshot,
    """
    select v.product_id, v.version, v.body, v.made_at
    from unnest($1::integer[], $2::bigint[], $3::integer[]) as w (bkt, product_id, version)
    join product_version v on v.bkt = w.bkt and v.product_id = w.product_id and v.version = w.version
    """,
)
LIST = rows(
    Product,
    f"""
    select {PRODUCT_COLUMNS} from product where bkt = $1 and shop_id = $2 and product_id < $3
    order by product_id desc limit $4
    """,
)


async def get_product(tx: Tx, product_id: int) -> ProductView:
    """A product with what is offered of it; refuses `NotFound`."""
    product = await tx.maybe(GET, bucket_of(product_id), product_id)
    if product is None:
        raise NotFound("product", product_id)
    skus = await tx.all(SKUS, bucket_of(product_id), product_id)
    brand = await tx.maybe(NAMES, [product.brand_id]) if product.brand_id else None
    return ProductView(product, skus, brand)


async def get_offers(tx: Tx, wanted: Iterable[tuple[int, int]]) -> dict[int, Offer]:
    """Offers of (product, SKU) pairs by SKU; what does not exist, or not together, is missing."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    products, skus = [product_id for product_id, _ in pairs], [sku_id for _, sku_id in pairs]
    return {
        offer.sku_id: offer for offer in await tx.all(OFFERS, [bucket_of(each) for each in products], products, skus)
    }


async def get_snapshots(tx: Tx, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Snapshot]:
    """Products as they were, by (product, version)."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    found = await tx.all(
        SNAPSHOTS,
        [bucket_of(each) for each, _ in pairs],
        [each for each, _ in pairs],
        [version for _, version in pairs],
    )
    return {(each.product_id, each.version): each for each in found}


async def list_products(tx: Tx, actor: Actor, shop_id: int, cursor: str = "", limit: int = 30) -> Page[ProductView]:
    """A shop's own products with what is offered of each, newest first, on sale or not; brands are left out."""
    actor.must("shop:product:read", shop_id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(LIST, bucket_of(shop_id), shop_id, before, clamp_limit(limit) + 1)
    page = make_page(found, limit, lambda product: [product.product_id])
    skus: dict[int, list[Sku]] = {each.product_id: [] for each in page.items}
    for sku in await tx.all(SKUS_OF_MANY, bucket_of(shop_id), list(skus)) if skus else ():
        skus[sku.product_id].append(sku)
    return Page([ProductView(each, skus[each.product_id], None) for each in page.items], page.next_cursor)
