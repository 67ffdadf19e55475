"""The menus of the workbench and the console: which pages there are, and whose right each asks for."""

from collections.abc import Callable, Mapping

import msgspec

from datong.surfaces.labels_desk import CENTRES, CONSOLE_MENU, WORK_GROUPS, WORK_MENU


class Place(msgspec.Struct, frozen=True):
    """One page of a menu: its key, where it is below the desk, its icon, and the right it asks for."""

    key: str
    path: str
    icon: str
    right: str


class Entry(msgspec.Struct, frozen=True):
    """A line of a menu as a page shows it."""

    key: str
    href: str
    icon: str
    label: str


WORK: dict[str, list[Place]] = {
    "day": [
        Place("home", "", "house", "shop:read"),
        Place("messages", "/messages", "message-circle", "message:answer"),
        Place("notices", "/notices", "bell", "shop:read"),
    ],
    "trade": [
        Place("orders", "/orders", "package", "order:read"),
        Place("refunds", "/refunds", "receipt", "refund:read"),
        Place("reviews", "/reviews", "star", "review:reply"),
    ],
    "goods": [
        Place("products", "/products", "boxes", "product:read"),
        Place("publish", "/publish", "plus", "product:edit"),
        Place("imports", "/imports", "upload", "product:read"),
        Place("promotions", "/promotions", "tag", "promotion:read"),
    ],
    "shop": [
        Place("funds", "/funds", "wallet", "balance:read"),
        Place("entry", "/entry", "landmark", "shop:read"),
        Place("page", "/page", "image", "shop:edit"),
        Place("staff", "/staff", "users", "shop:read"),
    ],
}
CONSOLE: dict[str, list[Place]] = {
    "": [Place("console", "", "activity", "health:read")],
    "consumer": [
        Place("members", "/members", "users", "member:read"),
        Place("promotions", "/promotions", "tag", "promotion:read"),
        Place("budgets", "/budgets", "percent", "promotion:read"),
    ],
    "industry": [
        Place("shops", "/shops", "store", "shop:read"),
        Place("categories", "/categories", "list-tree", "category:edit"),
        Place("attributes", "/attributes", "list-checks", "category:edit"),
        Place("calendar", "/calendar", "calendar", "promotion:read"),
    ],
    "platform": [
        Place("rulebook", "/rulebook", "book-open", "rulebook:edit"),
        Place("disputes", "/disputes", "scale", "dispute:decide"),
        Place("reviews", "/reviews", "star", "review:moderate"),
        Place("search", "/search", "search", "search:edit"),
        Place("ledger", "/ledger", "landmark", "ledger:read"),
        Place("timers", "/timers", "timer", "timer:read"),
        Place("jobs", "/jobs", "wrench", "health:read"),
        Place("acts", "/acts", "eye", "act:read"),
    ],
}


def make_menu(
    menu: Mapping[str, list[Place]], base: str, may: Callable[[str], bool], say: Callable[[str], str]
) -> list[tuple[str, list[Entry]]]:
    """The groups of a menu with the pages that someone may see; a group of which nothing is left is not shown."""
    words, groups = (WORK_MENU, WORK_GROUPS) if menu is WORK else (CONSOLE_MENU, CENTRES)
    made: list[tuple[str, list[Entry]]] = []
    for group, places in menu.items():
        shown = [
            Entry(each.key, base + each.path, each.icon, say(words[each.key])) for each in places if may(each.right)
        ]
        if shown:
            made.append((say(groups[group]), shown))
    return made
