"""Words of the room `favourite`; English here is the key of the translations."""

FAVOURITE_TABS: dict[str, str] = {"product": "Products", "shop": "Shops"}
REFUSALS: dict[str, str] = {
    "favourite.full": "You have saved the maximum of %(most)s. Remove some first.",
}
