"""Words of the room `verification`; English here is the key of the translations."""

VERIFICATION_STATES: dict[str, str] = {
    "REQUESTED": "Being checked",
    "PENDING": "Being checked",
    "VERIFIED": "Verified",
    "REFUSED": "Not verified",
    "LOST": "Not checked, please try again",
}
NOTICES: dict[str, str] = {
    "shop_identity_verified": "The identity of the shop is verified.",
    "shop_identity_refused": "The identity of the shop could not be verified.",
    "shop_account_verified": "The account for payouts is verified.",
    "shop_account_refused": "The account for payouts could not be verified.",
}
NOTICE_LINKS: dict[str, str] = {
    "shop_identity_verified": "/entry",
    "shop_identity_refused": "/entry",
    "shop_account_verified": "/funds",
    "shop_account_refused": "/funds",
}
"""Where each notice leads; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "verification.no_verifier": "This can't be checked right now: no provider is set up.",
    "verification.too_many_checks": "There are at most %(most)s checks a day. Please try again tomorrow.",
}
TIMERS: dict[str, str] = {"verification": "Checks of identities and accounts"}
