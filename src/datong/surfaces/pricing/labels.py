"""Words of the room `pricing`; English here is the key of the translations."""

PROMOTION_KINDS: dict[str, str] = {
    "shop-minus": "Amount off from an amount",
    "shop-percent": "Percent off from an amount",
    "item-price": "A special price",
    "item-percent": "Percent off single goods",
    "shop-free_freight": "Free freight from an amount",
    "shop_voucher-minus": "Coupons to be claimed",
}
REFUSALS: dict[str, str] = {
    "pricing.mixed_currencies": "Goods of different currencies are paid separately.",
    "pricing.not_offered": "This is not on sale any more.",
    "pricing.too_many_templates": "A shop keeps at most 50 freight templates.",
    "pricing.too_many_promotions": "This shop runs as many promotions as it may: %(most)s.",
    "pricing.promotion_moved": "This promotion was changed meanwhile, or has spent more than its new limits allow.",
    "pricing.promotion_used_up": "A promotion was used up in this moment. Please look at the total once more.",
}
