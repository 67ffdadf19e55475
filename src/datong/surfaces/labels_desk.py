"""Words of the desks: the menus of the workbench and the console; English here is the key of the translations."""

WORK_MENU: dict[str, str] = {
    "home": "Today",
    "messages": "Messages",
    "notices": "Notices",
    "orders": "Orders",
    "refunds": "Refunds",
    "reviews": "Reviews",
    "products": "Products",
    "publish": "Publish",
    "imports": "Bulk import",
    "promotions": "Promotions",
    "funds": "Funds",
    "entry": "Entry and dues",
    "page": "Shop page",
    "staff": "Staff and rights",
}
WORK_GROUPS: dict[str, str] = {"day": "Day", "trade": "Trade", "goods": "Goods", "shop": "Shop"}
CONSOLE_MENU: dict[str, str] = {
    "console": "Overview",
    "members": "Members",
    "promotions": "Campaigns",
    "budgets": "Vouchers and budgets",
    "shops": "Shop entry",
    "categories": "Categories",
    "attributes": "Attributes",
    "calendar": "Campaign calendar",
    "rulebook": "Rulebook",
    "disputes": "Disputes",
    "reviews": "Reviews",
    "search": "Search",
    "ledger": "Ledger",
    "timers": "Timers",
    "jobs": "Jobs and dead letters",
    "acts": "Who did what",
}
CENTRES: dict[str, str] = {"": "Console", "consumer": "Consumers", "industry": "Industries", "platform": "Platform"}
FLAGS: dict[str, str] = {"1": "Red", "2": "Yellow", "3": "Green", "4": "Blue", "5": "Purple"}
PAYOUT_STATES: dict[str, str] = {
    "REQUESTED": "Asked for",
    "SENT": "On its way to the bank",
    "PAID": "Arrived",
    "DECLINED": "Came back",
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
OUTCOMES: dict[str, str] = {
    "waiting": "Waiting",
    "new": "New",
    "changed": "Changed",
    "same": "As before",
    "refused": "Refused",
}
