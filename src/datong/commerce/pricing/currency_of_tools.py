"""Which of the platform's benefits count in a currency. Pure.

Amounts of the platform's promotions, coupons and coins are of the platform's own money, that of the first storefront.
Taken from a price in another currency the same number would be another value, so there they are left aside, unless the
operator said storefronts of that currency alone: then the amounts were meant in it.
"""

import msgspec

from datong.commerce.pricing.basket import BuyerEntitlements
from datong.commerce.pricing.discounts import Discount
from datong.commerce.storefront import Storefronts


def in_currency(
    brands: Storefronts, currency: str, tools: list[Discount], rights: BuyerEntitlements
) -> tuple[list[Discount], BuyerEntitlements]:
    """The tools and rights that hold for a purchase in a currency; a shop's own tools are in its own, always."""
    if currency == brands.home.currency:
        return tools, rights
    here = {each.storefront_id for each in brands.all if each.currency == currency}
    kept = [each for each in tools if each.owner_id or (each.goods.storefronts and each.goods.storefronts <= here)]
    return kept, msgspec.structs.replace(rights, coins=0)
