"""Pricing: one engine that says what a set of lines costs, and why, to the minor unit.

Owns freight templates. Calls `catalog` for offers and list prices, `merchant`, `storefront`,
`rulebook`. Tells nothing. Whoever needs a price (product page, cart, checkout,
order) asks for the same quote; a quote names every amount it is made of.
"""

from datong.commerce.pricing.freight import FreeRule, FreightArea, FreightTemplate, freight_of
from datong.commerce.pricing.quoting import MixedCurrencies, QuoteAsk, quote, quote_each, quote_many
from datong.commerce.pricing.shipping_terms import (
    get_freight_templates,
    list_freight_templates,
    save_freight_template,
)
from datong.commerce.pricing.totals import Cut, Quote, QuoteLine, ShopQuote, Unavailable, Wanted

__all__ = [
    "Cut",
    "FreeRule",
    "FreightArea",
    "FreightTemplate",
    "MixedCurrencies",
    "Quote",
    "QuoteAsk",
    "QuoteLine",
    "ShopQuote",
    "Unavailable",
    "Wanted",
    "freight_of",
    "get_freight_templates",
    "list_freight_templates",
    "quote",
    "quote_each",
    "quote_many",
    "save_freight_template",
]
