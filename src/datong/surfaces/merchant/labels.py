"""Words of the room `merchant`; English here is the key of the translations."""

SHOP_STATES: dict[str, str] = {
    "SUBMITTED": "Submitted",
    "UNDER_REVIEW": "Under review",
    "AWAIT_PAYMENT": "Waiting for its dues",
    "OPEN": "Open",
    "RESTRICTED": "Restricted",
    "REJECTED": "Rejected",
    "CLOSED": "Closed",
}
PAPER_KINDS: dict[str, str] = {
    "license": "Business licence",
    "identity": "Identity",
    "trademark": "Trademark",
    "authorisation": "Authorisation of the brand",
    "other": "Something else",
}
SHOP_KINDS: dict[str, str] = {
    "personal": "Personal shop",
    "individual": "Sole trader",
    "enterprise": "Company shop",
    "flagship": "Flagship",
    "franchised": "Franchised",
    "specialty": "Specialty",
    "mall": "Several brands",
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
}
NOTICE_LINKS: dict[str, str] = {
    "staff_changed": "/me",
    "shop_opened": "/entry",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "merchant.one_shop_each": "This identity has a shop already.",
    "merchant.slug_taken": "Another shop has this address.",
    "merchant.last_owner": "A shop keeps at least one owner.",
    "merchant.page_moved": "Someone has changed this page since you opened it. Please look once more.",
    "merchant.shop_not_open": "This shop does not trade at present.",
    "merchant.wrong_shop_state": "The shop's state (%(state)s) does not allow this.",
}
