"""Pricing: one engine that says what a set of lines costs, and why, to the minor unit.

Owns promotions, their uses and enrolments, and freight templates. Calls `catalog` for offers and list prices,
`inventory`, `voucher`, `member` for tags, `merchant`, `storefront`, `rulebook`. Tells nothing. Whoever needs a price
(product page, cart, checkout, order, dry run) asks for the same quote; a quote names every amount it is made of, its
rule, version and funder. Programmes above configure promotions through this door; pricing never asks who wrote them.
What no promotion can say, a room above takes off in a `QuoteStep`, between two layers.
"""

from datong.commerce.pricing.apportioning import part_of_line
from datong.commerce.pricing.basket import BuyerEntitlements, StackingPolicy
from datong.commerce.pricing.budget_use import release_budget, reserve_budget
from datong.commerce.pricing.discount_engine import apply_best_discounts, apply_discounts
from datong.commerce.pricing.discounts import LAYERS, LINE_POLICY, REMAINDER, Discount
from datong.commerce.pricing.freight import FreeRule, FreightArea, FreightTemplate
from datong.commerce.pricing.freight_templates import list_freight_templates, save_freight_template
from datong.commerce.pricing.offers import Buyer
from datong.commerce.pricing.promotions import (
    Promotion,
    PromotionDraft,
    change_promotion,
    enrol_shop,
    list_open_campaigns,
    list_promotions,
    make_promotion,
    stop_promotion,
)
from datong.commerce.pricing.quote_steps import PricedLine, QuoteStep, StepContext
from datong.commerce.pricing.quotes import QuoteAsk, load_offers, price_each, quote, quote_many
from datong.commerce.pricing.totals import (
    AgreedTerms,
    BudgetUse,
    LineRequest,
    PriceAdjustment,
    Quote,
    QuoteLine,
    ShopQuote,
)

__all__ = [
    "LAYERS",
    "LINE_POLICY",
    "REMAINDER",
    "AgreedTerms",
    "BudgetUse",
    "Buyer",
    "BuyerEntitlements",
    "Discount",
    "FreeRule",
    "FreightArea",
    "FreightTemplate",
    "LineRequest",
    "PriceAdjustment",
    "PricedLine",
    "Promotion",
    "PromotionDraft",
    "Quote",
    "QuoteAsk",
    "QuoteLine",
    "QuoteStep",
    "ShopQuote",
    "StackingPolicy",
    "StepContext",
    "apply_best_discounts",
    "apply_discounts",
    "change_promotion",
    "enrol_shop",
    "list_freight_templates",
    "list_open_campaigns",
    "list_promotions",
    "load_offers",
    "make_promotion",
    "part_of_line",
    "price_each",
    "quote",
    "quote_many",
    "release_budget",
    "reserve_budget",
    "save_freight_template",
    "stop_promotion",
]
