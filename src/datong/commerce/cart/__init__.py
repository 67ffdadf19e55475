"""The cart: what someone means to buy, grouped by shop; a guest's moves in at log-in.

Owns cart lines, those with a source, and merges of guests' carts, in the bucket of the member or guest. Calls
`pricing`, `inventory`, `catalog`. Tells nothing.
"""

from datong.commerce.cart.edit_cart import (
    MAX_QUANTITY,
    CartFull,
    change_line,
    merge_guest_cart,
    put_in_cart,
    remove_from_cart,
)
from datong.commerce.cart.queries import MAX_LINES, CartView, count_pieces, get_cart, ticked_lines
from datong.commerce.cart.sources import SourceKind, checked_source, holding_sources

__all__ = [
    "MAX_LINES",
    "MAX_QUANTITY",
    "CartFull",
    "CartView",
    "SourceKind",
    "change_line",
    "checked_source",
    "count_pieces",
    "get_cart",
    "holding_sources",
    "merge_guest_cart",
    "put_in_cart",
    "remove_from_cart",
    "ticked_lines",
]
