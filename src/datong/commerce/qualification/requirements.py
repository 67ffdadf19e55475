"""What kinds of shops and categories need. Source: domain.md §1; permits by category: DESIGN."""

from datetime import datetime

from datong.commerce.merchant import Shop, dues_of
from datong.commerce.qualification.states import DepositTooLow, PermitKind
from datong.commerce.rulebook import Parameter, Rules, Scope

SOLE_KINDS = Parameter(
    "qualification.sole_kinds",
    list[str],
    ["flagship"],
    "domain.md §1: a flagship has its own brand or an exclusive authorisation, and is the only one of the brand",
    scopes=("storefront",),
)
MAX_BRANDS = Parameter(
    "qualification.max_brands",
    dict[str, int],
    {"franchised": 1},
    "domain.md §1: a franchised shop sells one authorised brand; by kind of shop, others are free",
    bounds=(1, 1_000),
    scopes=("storefront",),
)
MIN_BRANDS = Parameter(
    "qualification.min_brands",
    dict[str, int],
    {"specialty": 2},
    "domain.md §1: a specialty shop has at least two brands before it publishes where brands need authorisation",
    bounds=(1, 100),
    scopes=("storefront",),
)
NOTICE_DAYS = Parameter(
    "qualification.notice_days",
    int,
    30,
    "DESIGN: how long before the end of its validity a shop is told; kept with the decision",
    bounds=(1, 365),
    scopes=("storefront",),
)
PERMITS: Parameter[list[str]] = Parameter(
    "qualification.permits",
    list[PermitKind],
    [],
    "DESIGN: kinds of permits that goods of a category and all below it need, on a storefront or everywhere",
    scopes=("storefront", "category"),
)
PERMITS_WAIVED: Parameter[list[str]] = Parameter(
    "qualification.permits_waived",
    list[PermitKind],
    [],
    "DESIGN: kinds of permits that a storefront does not ask for, whatever its categories say",
    scopes=("storefront",),
)


def check_deposit(rules: Rules, now: datetime, shop: Shop, mark: str) -> None:
    """Refuse `DepositTooLow` where a kind of trademark asks for a higher deposit than the one the shop entered with.

    Source: domain.md §1 [12]: a flagship pays 50k for R and 100k for TM.
    """
    scope = Scope(storefront_id=shop.storefront_id, category_ids=(shop.category_id,))
    asked, entered = (dues_of(rules, now, scope, shop.kind, each).deposit for each in (mark, shop.mark))
    if asked > entered:
        raise DepositTooLow
