"""A dry run: what a promotion would have cost on the orders of the last days, by the engine that would apply it."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from datong.commerce.catalog import get_category_book, get_offers
from datong.commerce.merchant import get_shops
from datong.commerce.order.queries import LINES_OF_MANY, OrderLine
from datong.commerce.pricing import (
    LAYERS,
    LINE_POLICY,
    REMAINDER,
    BuyerEntitlements,
    Discount,
    PricedLine,
    StackingPolicy,
    apply_discounts,
)
from datong.commerce.rulebook import get_rules
from datong.commerce.voucher import Terms, check_terms, right_of
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import value
from datong.kernel.tx import Tx

MAX_ORDERS = 2_000
MAX_TRIED_SHOPS = 50
MAX_DAYS = 31


class Simulation(msgspec.Struct, frozen=True):
    """What would have been. Amounts in minor units; `is_all` is false where only the latest orders were looked at."""

    orders: int
    touched: int
    goods: int
    """What the touched orders' goods cost at item level."""
    cost: int
    by_funder: dict[str, int]
    is_all: bool


RECENT = value(
    int,
    """
    select found.order_id from unnest($1::integer[], $2::bigint[]) as w (in_bucket, shop)
    cross join lateral (
        select order_id, placed_at from seller_order
        where bkt = w.in_bucket and shop_id = w.shop order by order_id desc limit $4) as found
    where found.placed_at >= $3 limit $4
    """,
)


async def simulate_promotion(
    tx: Tx, actor: Actor, owner_id: int, terms: Terms, shop_ids: Sequence[int], days: int = 7
) -> Simulation:
    """What these terms alone would have taken off the orders of these shops in the last days.

    Item-level cuts the orders had stay; the tool is tried on what the lines cost after them. Refuses `Invalid`.
    """
    shops = [owner_id] if owner_id else list(shop_ids)
    actor.must(*right_of(owner_id, "read"))
    check_terms(terms, owner_id=owner_id)
    if not 1 <= days <= MAX_DAYS or not 1 <= len(shops) <= MAX_TRIED_SHOPS:
        raise Invalid("days", f"1 to {MAX_DAYS} days, 1 to {MAX_TRIED_SHOPS} shops")
    since = tx.now - timedelta(days=days)
    order_ids = await tx.all(RECENT, [bucket_of(each) for each in shops], shops, since, MAX_ORDERS)
    lines = await tx.all(LINES_OF_MANY, [bucket_of(each) for each in order_ids], order_ids) if order_ids else []
    by_order: dict[int, list[OrderLine]] = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line)
    goods_of = await _describe(tx, lines)
    rules = await get_rules(tx)
    stack = StackingPolicy(
        rules.value(LAYERS, tx.now), rules.value(LINE_POLICY, tx.now), rules.value(REMAINDER, tx.now)
    )
    tool = Discount(1, 1, owner_id, {}, terms, terms.reach.sets(), enrolled=frozenset(shops))
    rights = BuyerEntitlements(frozenset({terms.audience} if terms.audience else ()), coins=10**9)
    touched, cost, worth = 0, 0, 0
    by_funder: dict[str, int] = {}
    for each in by_order.values():
        cart = [goods_of[line.line_id] for line in each if line.line_id in goods_of]
        cuts = [cut for found in apply_discounts(cart, [tool], rights, stack).cuts for cut in found]
        if cuts:
            touched += 1
            worth += sum(line.unit_price * line.quantity for line in cart)
            cost += sum(cut.amount for cut in cuts)
            for cut in cuts:
                by_funder[cut.funder] = by_funder.get(cut.funder, 0) + cut.amount
    return Simulation(len(by_order), touched, worth, cost, by_funder, len(order_ids) < MAX_ORDERS)


async def _describe(tx: Tx, lines: Sequence[OrderLine]) -> dict[int, PricedLine]:
    """Lines as the engine takes them, at their item-level price; goods that are gone are left out."""
    offers = await get_offers(tx, {(line.product_id, line.sku_id) for line in lines})
    shops = await get_shops(tx, [offer.shop_id for offer in offers.values()])
    book = await get_category_book(tx)
    found: dict[int, PricedLine] = {}
    for line in lines:
        offer = offers.get(line.sku_id)
        if offer is None or offer.shop_id not in shops:
            continue
        path = tuple(each.category_id for each in book.path(offer.category_id))
        item = line.goods - sum(int(str(cut["amount"])) for cut in line.cuts if cut.get("layer") == "item")
        # One piece of what all pieces cost: the engine reckons by amounts, and pieces are counted by quantity.
        found[line.line_id] = PricedLine(
            line.sku_id, line.product_id, offer.shop_id, offer.storefront_id, path, line.quantity,
            max(1, item // line.quantity), frozenset(),
        )  # fmt: skip
    return found
