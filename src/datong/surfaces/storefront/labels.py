"""Words of the room `storefront`; English here is the key of the translations."""

STOREFRONT_STATES: dict[str, str] = {
    "DRAFT": "Draft",
    "LIVE": "Live",
    "PAUSED": "Paused",
    "CLOSED": "Closed",
}
MOVE_WORDS: dict[str, str] = {
    "LIVE": "Make it live",
    "PAUSED": "Pause",
    "CLOSED": "Close for good",
}
"""By the state it leads to, the button."""
MOVE_OUTCOMES: dict[str, str] = {
    "LIVE": "Everyone sees it within seconds; shops may apply and orders may be placed.",
    "PAUSED": "It stays visible, but takes no orders and no shops. What was bought goes on.",
    "CLOSED": "It is hidden from everyone but staff and can't be opened again.",
}
"""By the state it leads to, what follows."""
USES: dict[str, str] = {"orders": "orders", "applications": "applications"}
"""What may be open in a storefront, by the key of the port that says so."""
LANGUAGE_NAMES: dict[str, str] = {"en": "English", "zh": "Chinese"}
LOOK_FIELDS: dict[str, str] = {
    "accent_soft": "Ground of marks",
    "accent_text": "Prices and links",
    "ground": "Ground of the page",
    "banner": "Second colour of the banner",
    "dark_soft": "Ground of marks, in the dark",
    "dark_text": "Prices and links, in the dark",
    "dark_ground": "Ground of the page, in the dark",
}
REFUSALS: dict[str, str] = {
    "storefront.changed_meanwhile": "Somebody else has changed this storefront. Look at it again before you change it.",
    "storefront.code_taken": "Another storefront has this address.",
    "storefront.exponent_unsupported": (
        "%(currency)s is not counted in hundredths. Storefronts trade in currencies with two decimals."
    ),
    "storefront.in_use": "This storefront still has open %(in_use_by)s. They have to end first.",
    "storefront.look_unreadable": (
        "%(letters)s can't be read on %(under)s: the contrast is %(contrast)s and has to be at least %(least)s."
    ),
    "storefront.not_trading": "This storefront takes neither orders nor shops at present.",
    "storefront.still_settling": "Orders may still be on their way. Please try again in %(seconds)s.",
    "storefront.too_many": "There are as many storefronts as the platform can show.",
    "storefront.wrong_state": "This is not possible in the storefront's present state.",
}
