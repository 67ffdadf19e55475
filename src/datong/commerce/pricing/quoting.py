"""Quoting: the one way to learn what something costs."""

from collections.abc import Sequence

from datong.commerce.catalog import Offer, get_offers
from datong.commerce.merchant import Shop, get_shops
from datong.commerce.pricing.freight import FreightLine, FreightTemplate, freight_of
from datong.commerce.pricing.shipping_terms import get_freight_templates
from datong.commerce.pricing.totals import Quote, QuoteLine, ShopQuote, Unavailable, Wanted
from datong.commerce.rulebook import get_rules
from datong.commerce.storefront import get_storefronts
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.tx import Tx


class MixedCurrencies(Conflict):
    """What is paid at once is of one currency."""

    code = "pricing.mixed_currencies"


async def quote(tx: Tx, wanted: Sequence[Wanted], region: str) -> Quote:
    """Price all of it, delivered to a region. What cannot be bought is listed apart and costs nothing.

    Refuses `MixedCurrencies`, and `Invalid` for a sum no payment can carry.
    """
    offers = await get_offers(tx, [(each.product_id, each.sku_id) for each in wanted])
    shops = await get_shops(tx, [offer.shop_id for offer in offers.values()])
    brands = await get_storefronts(tx)
    templates = await get_freight_templates(tx, [offer.freight_template_id for offer in offers.values()])
    lines: dict[int, list[tuple[Wanted, Offer]]] = {}
    unavailable: list[Unavailable] = []
    for each in wanted:
        offer = offers.get(each.sku_id)
        if reason := _reason_against(offer, shops):
            unavailable.append(Unavailable(each.sku_id, each.product_id, reason))
        elif offer:
            lines.setdefault(offer.shop_id, []).append((each, offer))
    currencies = {brands.get(shops[shop_id].storefront_id).currency for shop_id in lines}
    if len(currencies) > 1:
        raise MixedCurrencies
    parts = [_quote_shop(shops[shop_id], lines[shop_id], templates, region) for shop_id in sorted(lines)]
    priced = Quote(
        currencies.pop() if currencies else brands.all[0].currency,
        parts,
        unavailable,
        (await get_rules(tx)).version,
        region,
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
