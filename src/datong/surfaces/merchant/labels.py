"""Words of the room `merchant`; English here is the key of the translations."""

SHOP_STATES: dict[str, str] = {
    "SUBMITTED": "Submitted",
    "UNDER_REVIEW": "Under review",
    "AWAIT_PAYMENT": "Awaiting payment",
    "OPEN": "Open",
    "RESTRICTED": "Restricted",
    "REJECTED": "Rejected",
    "CLOSED": "Closed",
}
PAPER_KINDS: dict[str, str] = {
    "license": "Business licence",
    "identity": "Identity",
    "trademark": "Trademark",
    "authorisation": "Brand authorisation",
    "other": "Other",
}
SHOP_KINDS: dict[str, str] = {
    "personal": "Personal shop",
    "individual": "Sole trader",
    "enterprise": "Company shop",
    "flagship": "Flagship",
    "franchised": "Franchised",
    "specialty": "Specialty",
    "mall": "Multi-brand",
}
ROLES: dict[str, str] = {
    "owner": "Owner",
    "manager": "Manager",
    "shipper": "Shipper",
    "support": "Customer service",
    "editor": "Editor",
    "accountant": "Accountant",
}
ROLE_WORDS: dict[str, str] = {
    "owner": "everything, staff and money included",
    "manager": "everything but staff and payouts",
    "shipper": "orders and shipping",
    "support": "messages, refunds and reviews",
    "editor": "products, prices, stock and promotions",
    "accountant": "balance, statements and payouts",
}
NOTICES: dict[str, str] = {
    "staff_changed": "Your role in a shop was changed.",
    "shop_opened": "The shop is open.",
    "shop_application_ended": "The shop's application is closed. You may apply again.",
}
NOTICE_LINKS: dict[str, str] = {
    "staff_changed": "/me",
    "shop_opened": "/entry",
    "shop_application_ended": "/entry",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
TIMERS: dict[str, str] = {"shop": "Shops: dues to be paid"}
END_REASONS: dict[str, str] = {
    "timeout.dues": "The deposit and fee were not paid in time. What was paid is in the shop's balance.",
    "timeout.review": "The application was not decided in time. Please apply again.",
}
"""Why the clock ended an application; other reasons are what operators wrote."""
REFUSALS: dict[str, str] = {
    "merchant.dues_over": "The time to pay deposit and fee is over. Send the transfer back; the shop applies again.",
    "merchant.one_shop_each": "This identity already has a shop.",
    "merchant.slug_taken": "This shop URL is taken.",
    "merchant.last_owner": "A shop keeps at least one owner.",
    "merchant.page_moved": "This page has changed since you opened it. Please refresh.",
    "merchant.shop_not_open": "This shop is not open at the moment.",
    "merchant.identity_not_verified": "The identity of this shop has to be verified first.",
    "merchant.wrong_shop_state": "The shop's state (%(state)s) does not allow this.",
}
