"""Vouchers: claimed rights to a discount (coupons of shops and platform, red envelopes), and coins.

Owns templates, claims, vouchers and coin accounts, and says what the terms of a discount are. Calls `messaging`,
`catalog`, `member`, `merchant`, `rulebook`. Tells `VoucherClaimed`, `CouponGranted`, `CouponNotGranted`. Gives `coupon`
and `coins` to the programmes above through the port `Grant`. A template and its claims live with their owner, so that
their number is counted under one lock; a voucher lives with whoever holds it, and is locked by the very statement that
writes the purchase.
"""

from datong.commerce.voucher.claim_voucher import claim_voucher, send_vouchers
from datong.commerce.voucher.coins import earn_coins, get_coins
from datong.commerce.voucher.templates import (
    TemplateDraft,
    VoucherTemplate,
    issue_template,
    list_claimable,
    list_templates,
    right_of,
    stop_template,
)
from datong.commerce.voucher.terms import (
    PLATFORM_FUNDER,
    SHOP_FUNDER,
    WHOLE,
    Gift,
    Share,
    Terms,
    Tier,
    check_terms,
)
from datong.commerce.voucher.voucher_use import give_back, mark_used
from datong.commerce.voucher.wallet import HeldVoucher, list_usable, list_wallet

__all__ = [
    "PLATFORM_FUNDER",
    "SHOP_FUNDER",
    "WHOLE",
    "Gift",
    "HeldVoucher",
    "Share",
    "TemplateDraft",
    "Terms",
    "Tier",
    "VoucherTemplate",
    "check_terms",
    "claim_voucher",
    "earn_coins",
    "get_coins",
    "give_back",
    "issue_template",
    "list_claimable",
    "list_templates",
    "list_usable",
    "list_wallet",
    "mark_used",
    "right_of",
    "send_vouchers",
    "stop_template",
]
