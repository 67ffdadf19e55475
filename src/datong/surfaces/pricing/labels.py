"""Words of the room `pricing`; English here is the key of the translations."""

PROMOTION_KINDS: dict[str, str] = {
    "shop-minus": "Amount off over a threshold",
    "shop-percent": "Percent off over a threshold",
    "item-price": "Special price",
    "item-percent": "Percent off single products",
    "shop-free_freight": "Free shipping over a threshold",
    "shop_voucher-minus": "Claimable coupons",
}
REFUSALS: dict[str, str] = {
    "pricing.mixed_currencies": "Goods of different currencies are paid separately.",
    "pricing.not_offered": "This product is no longer on sale.",
    "pricing.too_many_templates": "A shop can have at most 50 shipping templates.",
    "pricing.too_many_promotions": "This shop has reached its limit of %(most)s promotions.",
    "pricing.promotion_moved": "This promotion was changed meanwhile, or has spent more than its new limits allow.",
    "pricing.promotion_used_up": "A promotion has just been used up. Please check the total again.",
}
