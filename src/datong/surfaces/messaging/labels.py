"""Words of the room `messaging`; English here is the key of the translations."""

NOTICES: dict[str, str] = {
    "welcome": "Welcome! Everything of every brand is in one cart here.",
}
NOTICE_LINKS: dict[str, str] = {
    "welcome": "/",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "messaging.too_quick": "You are sending too fast. Please wait a minute.",
    "messaging.taken_already": "A colleague is already handling this conversation.",
}
