"""Inventory: what is there, what is held for somebody, what is sold. Never below zero.

Owns stock and holds, each SKU in its own item bucket. Calls `rulebook`. Tells nothing. A hold is taken for a
purchase and expires; it is bound when the purchase is known to be written, then sold or released. The
moves of stock are functions in the database: rows are locked in SKU order, and a move that cannot be made
for every SKU is made for none.
"""

from datong.commerce.inventory.holding import HOLD_SECONDS, Hold, StockShort, expire_holds, hold, release
from datong.commerce.inventory.moving import HoldLost, bind_hold, release_bound, return_sold, sell_bound
from datong.commerce.inventory.stocking import StockLine, change_stock, free_of, put_stock, set_stock

__all__ = [
    "HOLD_SECONDS",
    "Hold",
    "HoldLost",
    "StockLine",
    "StockShort",
    "bind_hold",
    "change_stock",
    "expire_holds",
    "free_of",
    "hold",
    "put_stock",
    "release",
    "release_bound",
    "return_sold",
    "sell_bound",
    "set_stock",
]
