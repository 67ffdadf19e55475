"""Merchants: who sells (the subject), its shops with their entry by brand, and the shops' staff.

Owns merchants, shops with their papers, pages and what each has paid in, staff and their duties. Calls `messaging`,
`member`, `storefront`, `rulebook`, `verification`. Tells `ShopOpened`, `ShopStateChanged`, `ApplicationEnded`,
`StaffChanged`. A merchant and all its shops share a bucket; a member's duties are copied into the member's bucket,
where rights are looked up.
"""

from datong.commerce.merchant.apply_for_shop import ShopApplication, apply_for_shop
from datong.commerce.merchant.documents import Paper, add_paper, list_papers, read_paper
from datong.commerce.merchant.dues import (
    ANNUAL_FEE,
    COMMISSION_BPS,
    DEPOSIT,
    KINDS,
    MALL_COMMISSION_BPS,
    MALL_DEPOSIT,
    MALL_KINDS,
    dues_of,
)
from datong.commerce.merchant.identity_check import get_identity_check, get_subject, verify_identity
from datong.commerce.merchant.queries import (
    Shop,
    find_shop_by_slug,
    get_recent_shop,
    get_recent_shops,
    get_shop,
    get_shop_view,
    get_shops,
    hold_shop,
    list_applications,
    list_member_shop_roles,
    list_open_shops,
)
from datong.commerce.merchant.review_application import decide_application, record_dues_paid, restrict_shop
from datong.commerce.merchant.shop_page import (
    ShopPageChanged,
    ShopPageDraft,
    edit_shop_page,
    find_page,
    list_pages,
    restore_page,
)
from datong.commerce.merchant.staff import list_staff, set_staff
from datong.commerce.merchant.states import ShopState

__all__ = [
    "ANNUAL_FEE",
    "COMMISSION_BPS",
    "DEPOSIT",
    "KINDS",
    "MALL_COMMISSION_BPS",
    "MALL_DEPOSIT",
    "MALL_KINDS",
    "Paper",
    "Shop",
    "ShopApplication",
    "ShopPageChanged",
    "ShopPageDraft",
    "ShopState",
    "add_paper",
    "apply_for_shop",
    "decide_application",
    "dues_of",
    "edit_shop_page",
    "find_page",
    "find_shop_by_slug",
    "get_identity_check",
    "get_recent_shop",
    "get_recent_shops",
    "get_shop",
    "get_shop_view",
    "get_shops",
    "get_subject",
    "hold_shop",
    "list_applications",
    "list_member_shop_roles",
    "list_open_shops",
    "list_pages",
    "list_papers",
    "list_staff",
    "read_paper",
    "record_dues_paid",
    "restore_page",
    "restrict_shop",
    "set_staff",
    "verify_identity",
]
