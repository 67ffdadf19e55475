"""Which goods something is about: a promotion, a voucher, later a deal or a rule. Pure."""

from collections.abc import Iterable

import msgspec

from datong.kernel.refusal import Invalid

MAX_IDS = 500


class ProductScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods by brand, shop, category, product or SKU. An empty list does not narrow; `except_products` are left out."""

    storefronts: list[int] = []
    shops: list[int] = []
    categories: list[int] = []
    products: list[int] = []
    skus: list[int] = []
    except_products: list[int] = []

    def check(self) -> "ProductScope":
        """Refuse lists too long to look through for every line."""
        for name in self.__struct_fields__:
            if len(getattr(self, name)) > MAX_IDS:
                raise Invalid(f"reach.{name}", f"at most {MAX_IDS}")
        return self

    def sets(self) -> "ProductScopeSets":
        """The same, ready to be asked often."""
        return ProductScopeSets(self)


class ProductScopeSets:
    """A reach as sets."""

    __slots__ = ("_categories", "_except", "_is_all", "_products", "_shops", "_skus", "_storefronts")

    def __init__(self, reach: ProductScope) -> None:
        self._storefronts = frozenset(reach.storefronts)
        self._shops = frozenset(reach.shops)
        self._categories = frozenset(reach.categories)
        self._products = frozenset(reach.products)
        self._skus = frozenset(reach.skus)
        self._except = frozenset(reach.except_products)
        self._is_all = reach == ProductScope()

    @property
    def storefronts(self) -> frozenset[int]:
        """The storefronts that are named; none where goods of every one are meant."""
        return self._storefronts

    def covers(
        self, storefront_id: int, shop_id: int, category_ids: Iterable[int], product_id: int, sku_id: int
    ) -> bool:
        """Whether goods are meant. `category_ids` go from the leaf to the root: a parent covers all below it."""
        if self._is_all:
            return True
        if self._shops and shop_id not in self._shops:
            return False
        if self._categories and self._categories.isdisjoint(category_ids):
            return False
        return (
            (not self._storefronts or storefront_id in self._storefronts)
            and (not self._products or product_id in self._products)
            and (not self._skus or sku_id in self._skus)
            and product_id not in self._except
        )
