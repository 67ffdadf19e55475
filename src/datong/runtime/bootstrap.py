"""Founding: the two brands with their rules, and shops that pass through their whole entry."""

import secrets

from datong.commerce.aftersale import BATCH_AMOUNT, BATCH_CASES
from datong.commerce.catalog import NEEDS_AUTHORISATION
from datong.commerce.member import LoginTaken, find_member_by_login, register
from datong.commerce.merchant import (
    ANNUAL_FEE,
    COMMISSION_BPS,
    DEPOSIT,
    KINDS,
    MALL_COMMISSION_BPS,
    MALL_DEPOSIT,
    MALL_KINDS,
    ShopApplication,
    ShopState,
    apply_for_shop,
    decide_application,
    get_shop,
    get_shop_view,
)
from datong.commerce.payment import receive_dues, set_payout_account
from datong.commerce.review import IS_MUTUAL, MAY_CHANGE
from datong.commerce.rulebook import list_history, set_parameter
from datong.commerce.storefront import Storefront, found_storefront
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Db

MARKET = "market"
MALL = "mall"
MALL_ID = 2
MARKET_LOOK = {
    "accent": "#c8400a", "accent_soft": "#fff1e8", "accent_text": "#b93a08", "ground": "#f5f5f4", "banner": "#7a2706",
    "dark_soft": "#3a2318", "dark_text": "#ff9b66", "dark_ground": "#141312",
}  # fmt: skip
MALL_LOOK = {
    "accent": "#a3112f", "accent_soft": "#fdeef1", "accent_text": "#a3112f", "ground": "#fafafa", "banner": "#6d0a1f",
    "dark_soft": "#3a1820", "dark_text": "#ff8fa3", "dark_ground": "#121212",
}  # fmt: skip
BRANDS = (
    Storefront(
        1, MARKET, {"en": "Jishi", "zh": "集市"},
        {"en": "The open market: a million small shops", "zh": "万千小店，应有尽有"},
        "CNY", "Asia/Shanghai", ["en", "zh"], "market",
        look=MARKET_LOOK,
    ),
    Storefront(
        MALL_ID, MALL, {"en": "Mingpin", "zh": "名品"},
        {"en": "The brand mall: from the makers themselves", "zh": "品牌直营，品质保证"},
        "CNY", "Asia/Shanghai", ["en", "zh"], "mall",
        look=MALL_LOOK,
    ),
)  # fmt: skip
MALL_RULES: tuple[tuple[str, object], ...] = (
    (KINDS.name, MALL_KINDS),
    (DEPOSIT.name, MALL_DEPOSIT),
    (ANNUAL_FEE.name, 3_000_000),
    (COMMISSION_BPS.name, MALL_COMMISSION_BPS),
    (NEEDS_AUTHORISATION.name, True),
    (BATCH_CASES.name, 30),
    (BATCH_AMOUNT.name, 1_000_000),
    (IS_MUTUAL.name, False),
    (MAY_CHANGE.name, False),
)
"""How the brand mall differs from the open market: rows of the rulebook, nothing else."""


async def open_brands(db: Db) -> None:
    """Found the two brands where they are missing, and set those of the mall's rules that nobody has ever set.

    What operators changed since stays. Others are opened in the console (`storefront.open_storefront`).
    """
    async with db.begin() as tx:
        for place, brand in enumerate(BRANDS):
            await found_storefront(tx, SYSTEM, brand, place)
        for name, value in MALL_RULES:
            if (await list_history(tx, name, limit=1)).items:
                continue
            await set_parameter(
                tx, SYSTEM, name, value, scope_kind="storefront", scope_id=MALL_ID, reason="domain.md §1-4, §15"
            )


async def open_shop(db: Db, founder: Actor, application: ShopApplication) -> int:
    """Apply, approve, pay the dues, open; answers the shop's id. The founder is its owner."""
    shop_id = await apply_for_shop(db, founder, application)
    bucket = bucket_of(shop_id)
    async with db.begin(bucket) as tx:
        await decide_application(tx, SYSTEM, shop_id, is_approved=True)
        view = await get_shop_view(tx, SYSTEM, shop_id)
        if (await get_shop(tx, shop_id)).state == ShopState.AWAIT_PAYMENT:
            await receive_dues(tx, SYSTEM, shop_id, view.deposit_due, view.fee_due, "founding")
        await set_payout_account(tx, SYSTEM, shop_id, "sandbox", f"acct_{secrets.token_hex(6)}")
    return shop_id


async def open_shop_by_platform(db: Db, application: ShopApplication) -> int:
    """A shop for imported goods: its founder is a member nobody logs in as, until staff is added."""
    login = f"{application.slug}@import.invalid"
    try:
        founder_id = await register(db, login, secrets.token_urlsafe(24), application.names["en"])
    except LoginTaken:
        async with db.read() as tx:
            found = await find_member_by_login(tx, login)
        if found is None:
            raise
        founder_id = found
    return await open_shop(db, Actor(founder_id, "member"), application)
