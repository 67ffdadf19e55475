"""Words of the room `cart`; English here is the key of the translations."""

REFUSALS: dict[str, str] = {
    "cart.full": "Your cart is full: up to 120 different items.",
}
