"""Drafting one shop's order: what is frozen the moment it is placed."""

from datetime import datetime, timedelta

from datong.commerce.catalog import CategoryBook
from datong.commerce.merchant import COMMISSION_BPS
from datong.commerce.order.insert_orders import OrderDraft
from datong.commerce.order.states import UNPAID_CLOSE_SECONDS
from datong.commerce.pricing import ShopQuote
from datong.commerce.rulebook import Rules, Scope
from datong.kernel.money import allocate, share_of


def draft_order(shop: ShopQuote, note: str, rules: Rules, book: CategoryBook, now: datetime) -> OrderDraft:
    """One shop's order: its commission by line, frozen now, and when it closes if nobody pays."""
    rates: list[int] = []
    for line in shop.lines:
        path = book.path(line.category_id)
        scope = Scope(shop.storefront_id, path[-1].vertical_id if path else 0, tuple(c.category_id for c in path))
        rates.append(rules.value(COMMISSION_BPS, now, scope))
    due = timedelta(seconds=rules.value(UNPAID_CLOSE_SECONDS, now, Scope(storefront_id=shop.storefront_id)))
    commission = commission_by_line([line.payable for line in shop.lines], rates)
    return OrderDraft(shop, rates, commission, now + due, note)


def commission_by_line(payable: list[int], rates: list[int]) -> list[int]:
    """Commission of an order's lines: each rate on the sum of its lines, rounded once, then shared out.

    So three lines of one piece cost what one line of three does. Source: correctness.md §4.

    >>> commission_by_line([10, 10, 10], [500, 500, 500]), commission_by_line([30], [500])
    ([1, 1, 0], [2])
    """
    parts = [0] * len(payable)
    for rate in set(rates):
        places = [place for place, each in enumerate(rates) if each == rate]
        amounts = [payable[place] for place in places]
        for place, part in zip(places, allocate(share_of(sum(amounts), rate), amounts), strict=True):
            parts[place] = part
    return parts
