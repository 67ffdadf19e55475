"""Browsing: cards of a category in one of four orders, by brand or over all of them."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from datong.commerce.merchant import get_recent_shop
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid
from datong.kernel.sql import Query, rows
from datong.kernel.tx import Tx

Order = Literal["mixed", "newest", "price_up", "price_down"]


class Card(msgspec.Struct, frozen=True):
    """A product as it stands in a list."""

    product_id: int
    shop_id: int
    storefront_id: int
    titles: dict[str, str]
    picture: str | None
    price_min: int
    price_max: int
    sold_count: int


class Place(msgspec.Struct, frozen=True):
    """A place on a shelf: what it sorts by, and the product."""

    sort: int
    product_id: int


MIXED = rows(
    Place,
    """
    select mixed::bigint as sort, product_id from shelf
    where category_id = $1 and storefront_id = $2 and (mixed, product_id) > ($3::bigint, $4)
    order by mixed, product_id limit $5
    """,
)
NEWEST = rows(
    Place,
    """
    select 0::bigint as sort, product_id from shelf
    where category_id = $1 and storefront_id = $2 and $3::bigint is not null and product_id < $4
    order by product_id desc limit $5
    """,
)
PRICE_UP = rows(
    Place,
    """
    select price as sort, product_id from shelf
    where category_id = $1 and storefront_id = $2 and (price, product_id) > ($3::bigint, $4)
    order by price, product_id limit $5
    """,
)
PRICE_DOWN = rows(
    Place,
    """
    select price as sort, product_id from shelf
    where category_id = $1 and storefront_id = $2 and (price, product_id) < ($3::bigint, $4)
    order by price desc, product_id desc limit $5
    """,
)
CARDS = rows(
    Card,
    """
    select product_id, shop_id, storefront_id, titles, pictures[1] as picture, price_min, price_max, sold_count
    from product where bkt = any($1) and product_id = any($2)
    """,
)
SHOP_CARDS = rows(
    Card,
    """
    select product_id, shop_id, storefront_id, titles, pictures[1] as picture, price_min, price_max, sold_count
    from product where bkt = $1 and shop_id = $2 and is_on_sale and product_id < $3
    order by product_id desc limit $4
    """,
)
ORDERS: dict[str, tuple[Query[Place], tuple[int, int], bool]] = {
    "mixed": (MIXED, (-1, 0), False),
    "newest": (NEWEST, (0, 2**63 - 1), True),
    "price_up": (PRICE_UP, (-1, 0), False),
    "price_down": (PRICE_DOWN, (2**62, 0), True),
}


async def list_cards(
    tx: Tx,
    storefront_ids: Sequence[int],
    category_id: int = 0,
    order: str = "mixed",
    cursor: str = "",
    limit: int = 20,
) -> Page[Card]:
    """What stands on a category's shelf in these brands; category 0 is everything.

    Each brand's shelf is read as far as one page, and they are merged: no brand comes first. Refuses `Invalid` for an
    order that there is not.
    """
    if order not in ORDERS:
        raise Invalid("order", ", ".join(ORDERS))
    query, start, is_falling = ORDERS[order]
    sort, product_id = decode_cursor(cursor, start)
    places: list[Place] = []
    for storefront_id in storefront_ids:
        places += await tx.all(query, category_id, storefront_id, sort, product_id, clamp_limit(limit) + 1)
    places.sort(key=lambda place: (place.sort, place.product_id), reverse=is_falling)
    page = make_page(places, limit, lambda place: [place.sort, place.product_id])
    return Page(await get_cards(tx, [place.product_id for place in page.items]), page.next_cursor)


async def get_cards(tx: Tx, product_ids: Sequence[int]) -> list[Card]:
    """The cards of these products in this order; those that do not exist are missing."""
    if not product_ids:
        return []
    found = await tx.all(CARDS, sorted({bucket_of(each) for each in product_ids}), list(product_ids))
    by_id = {card.product_id: card for card in found}
    return [by_id[each] for each in product_ids if each in by_id]


async def list_shop_cards(
    tx: Tx, shop_id: int, cursor: str = "", limit: int = 20, *, is_open_only: bool = True
) -> Page[Card]:  # fmt: skip
    """What a shop has on sale, newest first; nothing while it is not open, unless its own people look."""
    if is_open_only and not (await get_recent_shop(tx, shop_id)).is_open:
        return Page([], "")
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(SHOP_CARDS, bucket_of(shop_id), shop_id, before, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda card: [card.product_id])
