"""Drafting one shop's order: what is frozen the moment it is placed."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from datong.commerce.catalog import CategoryBook
from datong.commerce.merchant import COMMISSION_BPS
from datong.commerce.order.insert_orders import OrderDraft
from datong.commerce.order.states import ACTIVITY_UNPAID_SECONDS, UNPAID_CLOSE_SECONDS
from datong.commerce.payment import LineParts, SettledLine, SettlementPart
from datong.commerce.pricing import QuoteLine, ShopQuote
from datong.commerce.rulebook import Rules, Scope
from datong.facts.order import NO_SOURCE, LineSource
from datong.kernel.house import House
from datong.kernel.money import allocate, share_of


class Market(msgspec.Struct, frozen=True):
    """What every draft of one moment is made by."""

    house: House
    rules: Rules
    book: CategoryBook
    now: datetime
    sources: Collection[LineSource] = ()
    """The sources that still hold; a line of another one counts as from nowhere."""

    def scope_of(self, shop: ShopQuote, line: QuoteLine) -> Scope:
        """What rules of a line depend on."""
        path = self.book.path(line.category_id)
        return Scope(shop.storefront_id, path[-1].vertical_id if path else 0, tuple(each.category_id for each in path))


def draft_order(market: Market, shop: ShopQuote, note: str) -> OrderDraft:
    """One shop's order: commission and settlement parts by line, frozen now, and when it closes if nobody pays."""
    rules, now = market.rules, market.now
    scopes = [market.scope_of(shop, line) for line in shop.lines]
    rates = [rules.value(COMMISSION_BPS, now, scope) for scope in scopes]
    clocks = (UNPAID_CLOSE_SECONDS, ACTIVITY_UNPAID_SECONDS) if shop.is_activity else (UNPAID_CLOSE_SECONDS,)
    due = timedelta(seconds=min(rules.value(clock, now, scope) for clock in clocks for scope in scopes))
    commission = commission_by_line([line.payable for line in shop.lines], rates)
    sources = [NO_SOURCE] * len(shop.lines)
    if market.sources:
        sources = [line.source if line.source in market.sources else NO_SOURCE for line in shop.lines]
    parts: list[LineParts | None] = [None] * len(shop.lines)
    if market.house.ports(SettlementPart):
        parts = [
            _parts_of(market, shop, line, scope, source, taken)
            for line, scope, source, taken in zip(shop.lines, scopes, sources, commission, strict=True)
        ]
    return OrderDraft(shop, rates, commission, now + due, note, sources, parts)


def _parts_of(
    market: Market, shop: ShopQuote, line: QuoteLine, scope: Scope, source: LineSource, commission: int
) -> LineParts | None:
    settled = SettledLine(shop.shop_id, line.sku_id, line.product_id, scope, line.payable, source)
    return LineParts.freeze(market.house, settled, commission, market.rules, market.now)


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
