"""Drafting one shop's order: what is frozen the moment it is placed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

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


class LineRules(NamedTuple):
    """What the rulebook says at one moment of a line of one storefront and category."""

    scope: Scope
    commission_bps: int
    unpaid_seconds: int
    activity_unpaid_seconds: int


class Market(msgspec.Struct, frozen=True):
    """What every draft of one moment is made by."""

    house: House
    rules: Rules
    book: CategoryBook
    now: datetime
    sources: Collection[LineSource] = ()
    """The sources that still hold; a line of another one counts as from nowhere."""
    known: dict[tuple[int, int], LineRules] = {}
    """By storefront and category: the same for every draft of the moment, and there are many."""

    def rules_of(self, storefront_id: int, category_id: int) -> LineRules:
        """What holds for a line of a category, in one of a storefront's shops."""
        place = storefront_id, category_id
        if found := self.known.get(place):
            return found
        path = self.book.path(category_id)
        scope = Scope(storefront_id, path[-1].vertical_id if path else 0, tuple(each.category_id for each in path))
        ask, now = self.rules.value, self.now
        made = self.known[place] = LineRules(
            scope,
            ask(COMMISSION_BPS, now, scope),
            ask(UNPAID_CLOSE_SECONDS, now, scope),
            ask(ACTIVITY_UNPAID_SECONDS, now, scope),
        )
        return made


def draft_order(market: Market, shop: ShopQuote, note: str) -> OrderDraft:
    """One shop's order: commission and settlement parts by line, frozen now, and when it closes if nobody pays."""
    rules = [market.rules_of(shop.storefront_id, line.category_id) for line in shop.lines]
    rates = [each.commission_bps for each in rules]
    seconds = min([each.unpaid_seconds for each in rules])
    if shop.is_activity:
        seconds = min(seconds, *(each.activity_unpaid_seconds for each in rules))
    commission = commission_by_line([line.payable for line in shop.lines], rates)
    sources = [NO_SOURCE] * len(shop.lines)
    if market.sources:
        sources = [line.source if line.source in market.sources else NO_SOURCE for line in shop.lines]
    parts: list[LineParts | None] = [None] * len(shop.lines)
    if market.house.ports(SettlementPart):
        parts = [
            _parts_of(market, shop, line, each.scope, source, taken)
            for line, each, source, taken in zip(shop.lines, rules, sources, commission, strict=True)
        ]
    return OrderDraft(shop, rates, commission, market.now + timedelta(seconds=seconds), note, sources, parts)


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
    different = set(rates)
    if len(different) == 1:
        return allocate(share_of(sum(payable), rates[0]), payable)
    parts = [0] * len(payable)
    for rate in different:
        places = [place for place, each in enumerate(rates) if each == rate]
        amounts = [payable[place] for place in places]
        for place, part in zip(places, allocate(share_of(sum(amounts), rate), amounts), strict=True):
            parts[place] = part
    return parts
