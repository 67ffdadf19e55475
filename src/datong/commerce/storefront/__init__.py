"""Storefronts: the brands of the platform, as rows.

Owns a brand's code, names, currency, time zone, languages and theme. Calls nothing, tells nothing. How
one brand's rules differ from another's is in the rulebook under the storefront's scope.
"""

from datong.commerce.storefront.edit_storefront import open_storefront
from datong.commerce.storefront.queries import Storefront, Storefronts, get_storefronts

__all__ = ["Storefront", "Storefronts", "get_storefronts", "open_storefront"]
