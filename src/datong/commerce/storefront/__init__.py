"""Storefronts: the brands of the platform, as rows.

Owns storefronts with their code, names, currency, time zone, languages, colours and life (drafted, live, paused,
closed). Calls nothing, tells nothing. How one brand's rules differ from another's is in the rulebook under the
storefront's scope. What must end before a storefront is closed, rooms above answer through the port `StorefrontUse`.
"""

from datong.commerce.storefront.currencies import HUNDREDTHS
from datong.commerce.storefront.edit_storefront import (
    LANGUAGES,
    StorefrontDraft,
    change_storefront,
    found_storefront,
    move_storefront,
    open_storefront,
)
from datong.commerce.storefront.look import Look, complete_look
from datong.commerce.storefront.queries import NOWHERE, Storefront, Storefronts, get_storefronts
from datong.commerce.storefront.states import MOVES, NotTrading, StorefrontState, StorefrontUse

__all__ = [
    "HUNDREDTHS",
    "LANGUAGES",
    "MOVES",
    "NOWHERE",
    "Look",
    "NotTrading",
    "Storefront",
    "StorefrontDraft",
    "StorefrontState",
    "StorefrontUse",
    "Storefronts",
    "change_storefront",
    "complete_look",
    "found_storefront",
    "get_storefronts",
    "move_storefront",
    "open_storefront",
]
