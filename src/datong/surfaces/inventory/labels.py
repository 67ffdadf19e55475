"""Words of the room `inventory`; English here is the key of the translations."""

TIMERS: dict[str, str] = {
    "hold": "Stock held for checkouts",
}
REFUSALS: dict[str, str] = {
    "inventory.stock_short": "Only %(free)s left.",
    "inventory.too_many_held": "You may hold at most %(most)s pieces of one kind without paying. Please pay first.",
    "inventory.hold_lost": "The stock held for this purchase is not there any more.",
    "inventory.stock_held": "%(held)s pieces are held for buyers; there cannot be fewer.",
}
