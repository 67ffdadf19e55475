"""What a shop pays to enter and to trade. Source: domain.md §1, amounts in fen."""

from datetime import datetime

import msgspec

from datong.commerce.rulebook import ALL_SCOPES, Parameter, Rules, Scope

KINDS = Parameter(
    "merchant.shop_kinds", list[str], ["personal", "individual", "enterprise"],
    "domain.md §1: kinds of shop on the open market; the brand mall sets its own", scopes=("storefront",))  # fmt: skip
DEPOSIT = Parameter(
    "merchant.deposit",
    dict[str, int],
    {"personal": 100_000, "individual": 100_000, "enterprise": 100_000},
    "domain.md §1 [14]: consumer guarantee from 1,000 yuan; key is kind, or kind.mark (R, TM)",
    bounds=(0, 10_000_000_000),
    scopes=("storefront", "category"),
)
ANNUAL_FEE = Parameter(
    "merchant.annual_fee",
    int,
    0,
    "domain.md §1 [12]: 30k or 60k by category on the brand mall",
    bounds=(0, 1_000_000_000),
    scopes=("storefront", "category"),
)
COMMISSION_BPS = Parameter(
    "merchant.commission_bps",
    int,
    0,
    "domain.md §1 [12]: 0.5-5% on the brand mall, none on the open market",
    bounds=(0, 10_000),
    scopes=ALL_SCOPES,
)
PAY_DAYS = Parameter(
    "merchant.dues_days",
    int,
    15,
    "domain.md §1 [12]: pay within 15 days of approval",
    bounds=(1, 365),
    scopes=("storefront", "category"),
)
REVIEW_DAYS = Parameter(
    "merchant.review_days",
    int,
    30,
    "DESIGN: an application that nobody decides is closed, and may be handed in again",
    bounds=(1, 365),
)
ONE_SHOP_EACH = Parameter(
    "merchant.one_shop_each", bool, True, "domain.md §1 [17]: one identity = one shop", scopes=("storefront",)
)

MALL_KINDS = ["flagship", "franchised", "specialty", "mall"]
MALL_DEPOSIT = {
    "flagship.R": 5_000_000,
    "flagship.TM": 10_000_000,
    "franchised.R": 5_000_000,
    "franchised.TM": 10_000_000,
    "specialty.R": 10_000_000,
    "specialty.TM": 15_000_000,
    "mall.R": 15_000_000,
    "mall.TM": 15_000_000,
}
"""What a brand mall sets `merchant.deposit` to. Source: domain.md §1 [12]."""
MALL_COMMISSION_BPS = 500


class Dues(msgspec.Struct, frozen=True):
    """What a shop has to pay before it opens, in minor units of its storefront's currency."""

    deposit: int
    annual_fee: int


def dues_of(rules: Rules, now: datetime, scope: Scope, kind: str, mark: str) -> Dues:
    """The dues of a kind of shop with a trademark level, in its storefront and main category.

    The fee of the first year is pro rata by month, the month of approval counted whole.
    """
    table = rules.value(DEPOSIT, now, scope)
    deposit = table.get(f"{kind}.{mark}", table.get(kind, 0))
    yearly = rules.value(ANNUAL_FEE, now, scope)
    months = 13 - now.month
    return Dues(deposit, -(-yearly * months // 12))
