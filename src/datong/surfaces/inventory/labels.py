"""Words of the room `inventory`; English here is the key of the translations."""

TIMERS: dict[str, str] = {
    "hold": "Stock reserved for checkouts",
}
REFUSALS: dict[str, str] = {
    "inventory.stock_short": "Only %(free)s left.",
    "inventory.too_many_held": "You can reserve at most %(most)s of one product before paying. Please pay first.",
    "inventory.hold_lost": "The stock reserved for this purchase is no longer available.",
    "inventory.stock_held": "%(held)s are reserved for buyers; the stock can't be lower.",
}
