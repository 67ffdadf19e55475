"""Words of the room `voucher`; English here is the key of the translations."""

VOUCHER_STATES: dict[str, str] = {
    "CLAIMED": "Available",
    "LOCKED": "In an order",
    "USED": "Used",
    "EXPIRED": "Expired",
}
NOTICES: dict[str, str] = {
    "voucher_claimed": "A coupon was added to your wallet.",
}
NOTICE_LINKS: dict[str, str] = {
    "voucher_claimed": "/wallet",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "voucher.too_many_templates": "A shop can offer at most %(most)s kinds of coupons at once.",
    "voucher.all_claimed": "All of these coupons have been claimed.",
    "voucher.claimed_already": "You have reached the limit of %(most)s for this coupon.",
    "voucher.not_claimable": "These coupons can't be claimed now.",
}
