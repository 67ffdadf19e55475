"""The menus of the workbench and the console, and the tiles of their first pages, for one visitor."""

from collections.abc import Callable

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.window import ShownTile, Windows

GROUPS: dict[str, dict[str, str]] = {
    "workbench": {"day": "Day", "trade": "Trade", "goods": "Goods", "shop": "Shop"},
    "console": {"": "Console", "consumer": "Consumers", "industry": "Industries", "platform": "Platform"},
}
"""The groups of each desk's menu in order; English here is the key of the translations."""


class Entry(msgspec.Struct, frozen=True):
    """A line of a menu as a page shows it."""

    key: str
    href: str
    icon: str
    label: str


def make_menu(
    windows: Windows, desk: str, base: str, may: Callable[[str], bool], say: Callable[[str], str]
) -> list[tuple[str, list[Entry]]]:
    """The groups of a desk's menu with the pages that someone may see.

    A group of which nothing is left is not shown.
    """
    made: list[tuple[str, list[Entry]]] = []
    for group, name in GROUPS[desk].items():
        shown = [
            Entry(each.key, base + each.path, each.icon, say(each.label))
            for each in windows.menu(desk)
            if each.group == group and may(each.right)
        ]
        if shown:
            made.append((say(name), shown))
    return made


async def load_tiles(
    tx: Tx, windows: Windows, desk: str, base: str, actor: Actor, say: Callable[[str], str], shop_id: int = 0
) -> list[ShownTile]:
    """The tiles of a desk's first page that the actor's rights show, counted one room after the other."""
    scope = "shop" if shop_id else "operator"
    shown: list[ShownTile] = []
    for tiles in windows.tiles(desk):
        if not actor.may(f"{scope}:{tiles.right}", shop_id):
            continue
        counts = await tiles.count(tx, actor, shop_id)
        for place, ((label, path), count) in enumerate(zip(tiles.entries, counts, strict=True)):
            is_bad = place in tiles.alarms and count > 0
            shown.append(ShownTile(base + path, say(label), count, count >= tiles.up_to, is_bad))
    return shown
