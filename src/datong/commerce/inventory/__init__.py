"""Inventory: what is there, what is held for somebody, what is sold. Never below zero.

Owns stock and holds, each SKU in its own item bucket. Calls `rulebook`. Tells nothing. A hold is taken for a
purchase and expires; it is bound when the purchase is known to be written, then sold or released. The
moves of stock are functions in the database: rows are locked in SKU order, and a move that cannot be made
for every SKU is made for none.
"""

from datong.commerce.inventory.holds import (
    HELD_PIECES,
    HOLD_SECONDS,
    Hold,
    HoldAsk,
    StockShort,
    expire_holds,
    hold,
    hold_many,
    release,
    sold_out,
)
from datong.commerce.inventory.stock import StockLine, change_stock, free_of, put_first_stock, put_stock, set_stock

__all__ = [
    "HELD_PIECES",
    "HOLD_SECONDS",
    "Hold",
    "HoldAsk",
    "StockLine",
    "StockShort",
    "change_stock",
    "expire_holds",
    "free_of",
    "hold",
    "hold_many",
    "put_first_stock",
    "put_stock",
    "release",
    "set_stock",
    "sold_out",
]
