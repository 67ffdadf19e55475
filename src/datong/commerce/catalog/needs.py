"""What a shop needs before it may publish: authorised brands, and permits by category. Source: domain.md §1, §2."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from datong.commerce.catalog.taxonomy import CategoryBook
from datong.commerce.catalog.validation import ProductDraft
from datong.commerce.merchant import Shop
from datong.commerce.qualification import MIN_BRANDS, PERMIT_KINDS, PERMITS, PERMITS_WAIVED, Held
from datong.commerce.rulebook import Parameter, Rules, Scope
from datong.kernel.refusal import NotAllowed

NEEDS_AUTHORISATION = Parameter(
    "catalog.brand_needs_authorisation", bool, False,
    "domain.md §2 (TOP): sellers of the brand mall pick an authorised brand, others type freely",
    scopes=("storefront",),
)  # fmt: skip
NOTHING_HELD = Held(frozenset(), frozenset())


class BrandNotAuthorised(NotAllowed):
    """This shop may not sell this brand here."""

    code = "catalog.brand_not_authorised"

    def __init__(self, brand: str) -> None:
        super().__init__("catalog:brand:sell")
        self.brand = brand


class BrandsShort(NotAllowed):
    """A shop of this kind needs several authorised brands before it publishes."""

    code = "catalog.brands_short"

    def __init__(self, least: int, has: int) -> None:
        super().__init__("catalog:brand:sell")
        self.least = least
        self.has = has


class PermitMissing(NotAllowed):
    """The category asks for a permit that the shop has not, or not any more. `permit_name` is in English."""

    code = "catalog.permit_missing"

    def __init__(self, permit: str) -> None:
        super().__init__("catalog:category:sell")
        self.permit = permit
        self.permit_name = PERMIT_KINDS.get(permit, permit)


class Needs(msgspec.Struct, frozen=True):
    """What a shop's products need, read once for some categories."""

    is_brand_needed: bool
    min_brands: int
    permits: Mapping[int, tuple[str, ...]]
    """Kinds of permits by category; a category that was not asked about is missing."""

    @property
    def is_any(self) -> bool:
        """Whether anything is needed at all."""
        return self.is_brand_needed or any(self.permits.values())


def needs_of(rules: Rules, now: datetime, shop: Shop, book: CategoryBook, category_ids: Iterable[int]) -> Needs:
    """What products of a shop in these categories need by the rules in force."""
    scope = Scope(storefront_id=shop.storefront_id)
    is_brand_needed = rules.value(NEEDS_AUTHORISATION, now, scope)
    least = rules.value(MIN_BRANDS, now, scope).get(shop.kind, 0) if is_brand_needed else 0
    permits = {
        each: permits_of(rules, now, shop.storefront_id, book, each) for each in category_ids if each in book.by_id
    }
    return Needs(is_brand_needed, least, permits)


def permits_of(
    rules: Rules, now: datetime, storefront_id: int, book: CategoryBook, category_id: int
) -> tuple[str, ...]:
    """Kinds of permits that a category asks for on a storefront; what is said nearest above it counts."""
    path = tuple(each.category_id for each in book.path(category_id))
    asked = rules.value(PERMITS, now, Scope(storefront_id=storefront_id, category_ids=path))
    waived = rules.value(PERMITS_WAIVED, now, Scope(storefront_id=storefront_id))
    return tuple(each for each in asked if each not in waived)


def what_lacks(needs: Needs, held: Held, brand_id: int, brand: str, category_id: int) -> NotAllowed | None:
    """What a product may not be sold without, as a refusal; None where nothing is missing."""
    if needs.is_brand_needed and brand_id not in held.brands:
        return BrandNotAuthorised(brand)
    missing = [each for each in needs.permits.get(category_id, ()) if each not in held.permits]
    return PermitMissing(missing[0]) if missing else None


def check_needs(needs: Needs, held: Held, draft: ProductDraft, brand_id: int) -> None:
    """Refuse `BrandNotAuthorised`, `PermitMissing`, `BrandsShort`."""
    lacking = what_lacks(needs, held, brand_id, draft.brand, draft.category_id)
    if lacking is not None:
        raise lacking
    if len(held.brands) < needs.min_brands:
        raise BrandsShort(needs.min_brands, len(held.brands))
