"""Words of the room `voucher`; English here is the key of the translations."""

VOUCHER_STATES: dict[str, str] = {
    "CLAIMED": "To use",
    "LOCKED": "In an order",
    "USED": "Used",
    "EXPIRED": "Run out",
}
NOTICES: dict[str, str] = {
    "voucher_claimed": "A voucher lies in your wallet.",
}
NOTICE_LINKS: dict[str, str] = {
    "voucher_claimed": "/wallet",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "voucher.too_many_templates": "A shop offers at most %(most)s kinds of vouchers at once.",
    "voucher.all_claimed": "All of these vouchers are claimed.",
    "voucher.claimed_already": "You have claimed as many of these as you may: %(most)s.",
    "voucher.not_claimable": "These vouchers cannot be claimed now.",
}
