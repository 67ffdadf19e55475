"""Quoting: the one way to learn what something costs."""

from collections.abc import Sequence

import msgspec

from datong.commerce.catalog import Offer, get_offers
from datong.commerce.merchant import Shop, get_recent_shops
from datong.commerce.pricing.freight import FreightLine, FreightTemplate, freight_of
from datong.commerce.pricing.shipping_terms import TEMPLATES
from datong.commerce.pricing.totals import Quote, QuoteLine, ShopQuote, Unavailable, Wanted
from datong.commerce.rulebook import get_rules
from datong.commerce.storefront import Storefronts, get_storefronts
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.refusal import Conflict, Invalid, Refusal
from datong.kernel.tx import Tx


class MixedCurrencies(Conflict):
    """What is paid at once is of one currency."""

    code = "pricing.mixed_currencies"


class QuoteAsk(msgspec.Struct, frozen=True):
    """What someone wants priced, and where it shall be delivered."""

    wanted: Sequence[Wanted]
    region: str


class _Market(msgspec.Struct, frozen=True):
    """Everything that prices depend on, as it was read once for all that ask."""

    offers: dict[int, Offer]
    shops: dict[int, Shop]
    templates: dict[int, FreightTemplate]
    brands: Storefronts
    rules_version: int


async def quote(tx: Tx, wanted: Sequence[Wanted], region: str) -> Quote:
    """Price all of it, delivered to a region. What cannot be bought is listed apart and costs nothing.

    Refuses `MixedCurrencies`, and `Invalid` for a sum no payment can carry. Shops and freight terms may be two
    seconds old; offers are read.
    """
    (answer,) = await quote_many(tx, [QuoteAsk(wanted, region)])
    return answer


async def quote_many(tx: Tx, asks: Sequence[QuoteAsk]) -> list[Quote]:
    """Price for many with one look at the market. Refuses as `quote` does, all of them."""
    market = await _look(tx, asks)
    return [_price(market, ask) for ask in asks]


async def quote_each(tx: Tx, asks: Sequence[QuoteAsk]) -> list[Quote | Refusal]:
    """Price for many callers with one look at the market: for each its quote, or why not."""
    market = await _look(tx, asks)
    answers: list[Quote | Refusal] = []
    for ask in asks:
        try:
            answers.append(_price(market, ask))
        except Refusal as refusal:
            answers.append(refusal)
    return answers


async def _look(tx: Tx, asks: Sequence[QuoteAsk]) -> _Market:
    offers = await get_offers(tx, {(each.product_id, each.sku_id) for ask in asks for each in ask.wanted})
    return _Market(
        offers,
        await get_recent_shops(tx, [offer.shop_id for offer in offers.values()]),
        await TEMPLATES.get_many(tx, {each.freight_template_id for each in offers.values()} - {0}),
        await get_storefronts(tx),
        (await get_rules(tx)).version,
    )


def _price(market: _Market, ask: QuoteAsk) -> Quote:
    lines: dict[int, list[tuple[Wanted, Offer]]] = {}
    unavailable: list[Unavailable] = []
    for each in ask.wanted:
        offer = market.offers.get(each.sku_id)
        if offer and offer.product_id != each.product_id:
            offer = None
        if reason := _reason_against(offer, market.shops):
            unavailable.append(Unavailable(each.sku_id, each.product_id, reason))
        elif offer:
            lines.setdefault(offer.shop_id, []).append((each, offer))
    currencies = {market.brands.get(market.shops[shop_id].storefront_id).currency for shop_id in lines}
    if len(currencies) > 1:
        raise MixedCurrencies
    priced = Quote(
        currencies.pop() if currencies else market.brands.all[0].currency,
        [_quote_shop(market.shops[shop_id], lines[shop_id], market.templates, ask.region) for shop_id in sorted(lines)],
        unavailable,
        market.rules_version,
        ask.region,
    )
    if priced.total.amount > MAX_AMOUNT:
        raise Invalid("total", "more than one payment can carry")
    return priced


def _reason_against(offer: Offer | None, shops: dict[int, Shop]) -> str:
    if offer is None or not offer.is_offered:
        return "pricing.not_offered"
    if offer.shop_id not in shops or not shops[offer.shop_id].is_open:
        return "merchant.shop_not_open"
    return ""


def _quote_shop(
    shop: Shop, lines: Sequence[tuple[Wanted, Offer]], templates: dict[int, FreightTemplate], region: str
) -> ShopQuote:
    priced = [
        QuoteLine(
            offer.sku_id, offer.product_id, offer.version, offer.category_id, offer.titles, offer.labels,
            offer.picture or "", each.quantity, offer.list_price, [],
        )
        for each, offer in lines
    ]  # fmt: skip
    loads = [
        FreightLine(
            offer.freight_template_id,
            each.quantity,
            offer.weight_grams * each.quantity,
            offer.volume_cm3 * each.quantity,
            line.payable,
        )
        for (each, offer), line in zip(lines, priced, strict=True)
    ]
    return ShopQuote(shop.shop_id, shop.storefront_id, shop.names, priced, freight_of(loads, templates, region))
