"""Pricing: one engine that says what a set of lines costs, and why, to the minor unit.

Owns promotions, their uses and enrolments, and freight templates. Calls `catalog` for offers and list prices, `inventory`,
`voucher`, `merchant`, `storefront`, `rulebook`. Tells nothing. Whoever needs a price (product page, cart, checkout,
order, dry run) asks for the same quote; a quote names every amount it is made of, its rule, version and funder. Programmes
above configure promotions through this door; pricing never asks who wrote them.
"""

from datong.commerce.pricing.apportioning import part_of_line
from datong.commerce.pricing.budget_use import PromotionUsedUp, let_go, spend
from datong.commerce.pricing.discount_engine import Goods, Outcome, Rights, Stack, deduct, deduct_best
from datong.commerce.pricing.discounts import LAYERS, LINE_POLICY, REMAINDER, Layer, Tool
from datong.commerce.pricing.freight import FreeRule, FreightArea, FreightTemplate, freight_of
from datong.commerce.pricing.freight_templates import (
    get_freight_templates,
    list_freight_templates,
    save_freight_template,
)
from datong.commerce.pricing.offers import Buyer
from datong.commerce.pricing.promotions import (
    Promotion,
    PromotionDraft,
    PromotionMoved,
    change_promotion,
    enrol_shop,
    list_open_campaigns,
    list_promotions,
    make_promotion,
    stop_promotion,
)
from datong.commerce.pricing.quotes import MixedCurrencies, QuoteAsk, Shelf, look, price_each, quote, quote_many
from datong.commerce.pricing.totals import Cut, Hint, Quote, QuoteLine, ShopQuote, Unavailable, Use, Wanted, Worked

__all__ = [
    "LAYERS",
    "LINE_POLICY",
    "REMAINDER",
    "Buyer",
    "Cut",
    "FreeRule",
    "FreightArea",
    "FreightTemplate",
    "Goods",
    "Hint",
    "Layer",
    "MixedCurrencies",
    "Outcome",
    "Promotion",
    "PromotionDraft",
    "PromotionMoved",
    "PromotionUsedUp",
    "Quote",
    "QuoteAsk",
    "QuoteLine",
    "Rights",
    "Shelf",
    "ShopQuote",
    "Stack",
    "Tool",
    "Unavailable",
    "Use",
    "Wanted",
    "Worked",
    "change_promotion",
    "deduct",
    "deduct_best",
    "enrol_shop",
    "freight_of",
    "get_freight_templates",
    "let_go",
    "list_freight_templates",
    "list_open_campaigns",
    "list_promotions",
    "look",
    "make_promotion",
    "part_of_line",
    "price_each",
    "quote",
    "quote_many",
    "save_freight_template",
    "spend",
    "stop_promotion",
]
