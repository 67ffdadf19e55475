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
