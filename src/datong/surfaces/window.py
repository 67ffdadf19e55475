"""What a room shows: one `Window` a room, plain data, and the `Windows` of an installation that are made of them.

A window brings handlers for the frames (shoppers' pages, workbench, console, API), menu entries, tiles, page slots,
icons, texts of refusals and of other codes, templates and translations. `make_windows` refuses clashes; nothing is
registered by importing a module.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from litestar.types import ControllerRouterHandler

from datong.kernel.actor import Actor
from datong.kernel.house import House, HouseError
from datong.kernel.tx import Tx
from datong.surfaces.language import Words, read_catalogues

Handlers = Sequence[ControllerRouterHandler]
DESKS = ("workbench", "console")


class Menu(msgspec.Struct, frozen=True):
    """An entry of a desk's menu, shown to whoever has the right."""

    desk: str
    group: str
    key: str
    label: str
    path: str
    """Below the desk's own address."""
    icon: str
    right: str
    order: int


class Tiles(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers on a desk's first page, each of which leads to its rows, counted together."""

    desk: str
    entries: tuple[tuple[str, str], ...]
    """Label and path below the desk's address, one for each number."""
    right: str
    count: Callable[[Tx, Actor, int], Awaitable[Sequence[int]]]
    """Called with the transaction, the actor and the shop's id (0 in the console); answers a number for each entry."""
    order: int
    up_to: int = 1_000
    """Where counting stops; such a number is shown with a plus."""
    alarms: frozenset[int] = frozenset()
    """Places of entries of which anything but zero is bad."""


class ShownTile(msgspec.Struct, frozen=True):
    """One number as a page shows it."""

    href: str
    label: str
    count: int
    is_more: bool
    is_bad: bool


class Slot(msgspec.Struct, frozen=True):
    """A part that a room adds to a place of another room's page, loaded beside the page and bounded in time."""

    place: str
    """Where it stands.

    `home.channels`, `product.notes`, `cart.notes`, `checkout.notes`, `order.notes`, `account.entries`.
    """
    load: Callable[[Tx, "SlotRequest"], Awaitable[Mapping[str, Any] | None]]
    """Answers what the template needs, or None for nothing to show."""
    template: str
    order: int
    seconds: float = 0.05


class SlotRequest(msgspec.Struct, frozen=True):
    """What a slot is loaded for: who looks, in which language, and the ids on the page."""

    actor: Actor
    language: str
    ids: Mapping[str, Any]


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one room adds to the surfaces."""

    room: str
    shoppers: Handlers = ()
    workbench: Handlers = ()
    console: Handlers = ()
    api: Handlers = ()
    other: Handlers = ()
    """What is neither a page nor the API: call-backs, files, sockets."""
    menu: tuple[Menu, ...] = ()
    tiles: tuple[Tiles, ...] = ()
    slots: tuple[Slot, ...] = ()
    icons: Mapping[str, str] = {}
    """Icons of its own by name, as the body of an SVG of 24 by 24; every icon of Lucide is there anyway."""
    refusals: Mapping[str, str] = {}
    """By code of a refusal, the sentence that people read; `%(name)s` stands for one of its details."""
    notices: Mapping[str, str] = {}
    """By kind of notice, its sentence."""
    notice_links: Mapping[str, str] = {}
    """By kind of notice, where it leads, with the ids of its body; a shop's is below its workbench."""
    timers: Mapping[str, str] = {}
    accounts: Mapping[str, str] = {}
    movements: Mapping[str, str] = {}
    """Kinds of lines in a shop's statement."""
    templates: Path | None = None
    """A folder of templates, named `<room>/<path>`."""
    locale: Path | None = None
    """A folder of `<language>.po`; English in the code is the key."""


class Windows:
    """All windows of an installation.

    Handlers by frame, menus in order, texts by code, and the words of every language.
    """

    def __init__(self, house: House, windows: Sequence[Window], shared: Mapping[str, str], locale: Path) -> None:
        self.house = house
        self.all = tuple(windows)
        self.refusals = _merged(windows, "text of the refusal", lambda window: window.refusals, shared)
        self.notices = _merged(windows, "text of the notice", lambda window: window.notices)
        self.notice_links = _merged(windows, "link of the notice", lambda window: window.notice_links)
        self.timers = _merged(windows, "name of the clock", lambda window: window.timers)
        self.accounts = _merged(windows, "name of the account", lambda window: window.accounts)
        self.movements = _merged(windows, "name of the movement", lambda window: window.movements)
        self.icons = _merged(windows, "icon", lambda window: window.icons)
        self.words = Words(read_catalogues([locale, *(each.locale for each in windows if each.locale)]), self.refusals)
        self._menus = {desk: _menu_of(windows, desk) for desk in DESKS}
        self._tiles = {desk: _tiles_of(windows, desk) for desk in DESKS}
        self._slots = _slots_of(windows)

    def handlers(self, frame: str) -> list[ControllerRouterHandler]:
        """The handlers of a frame: `shoppers`, `workbench`, `console`, `api` or `other`."""
        return [handler for window in self.all for handler in getattr(window, frame)]

    def menu(self, desk: str) -> Sequence[Menu]:
        """The entries of a desk's menu, in order."""
        return self._menus[desk]

    def tiles(self, desk: str) -> Sequence[Tiles]:
        """The tiles of a desk's first page, in order."""
        return self._tiles[desk]

    def slots(self, place: str) -> Sequence[Slot]:
        """What rooms add to a place of a page, in order."""
        return self._slots.get(place, ())


def make_windows(house: House, windows: Iterable[Window], shared: Mapping[str, str], locale: Path) -> Windows:
    """The windows of an installation, in the order of their rooms.

    `shared` are the texts of refusals that belong to no room, `locale` the folder of shared translations. Raises
    `HouseError` when a window's room is not installed, or two windows claim one room, text, menu entry, slot or the
    like.
    """
    by_room: dict[str, Window] = {}
    for window in windows:
        if window.room not in house.by_name:
            msg = f"a window belongs to the room {window.room}, which is not installed"
            raise HouseError(msg)
        if window.room in by_room:
            msg = f"the room {window.room} has two windows"
            raise HouseError(msg)
        by_room[window.room] = window
    ordered = [by_room[room.name] for room in house.rooms if room.name in by_room]
    return Windows(house, ordered, shared, locale)


def _merged(
    windows: Sequence[Window],
    what: str,
    part: Callable[[Window], Mapping[str, str]],
    first: Mapping[str, str] | None = None,
) -> Mapping[str, str]:
    found = dict(first or {})
    owners = dict.fromkeys(found, "(shared)")
    for window in windows:
        for key, text in part(window).items():
            if key in owners:
                msg = f"the windows of {owners[key]} and {window.room} both claim the {what} {key}"
                raise HouseError(msg)
            owners[key], found[key] = window.room, text
    return MappingProxyType(found)


def _placed(found: Iterable[tuple[Window, Any]], what: str, place_of: Callable[[Any], tuple[object, ...]]) -> list[Any]:
    """Declared things in the order that they ask for; refuses two that ask for one place."""
    owners: dict[tuple[object, ...], str] = {}
    kept: list[Any] = []
    for window, each in found:
        place = place_of(each)
        if place in owners:
            name = " ".join(map(str, place))
            msg = f"the windows of {owners[place]} and {window.room} both claim the {what} {name}"
            raise HouseError(msg)
        owners[place] = window.room
        kept.append(each)
    return sorted(kept, key=lambda each: each.order)


def _menu_of(windows: Sequence[Window], desk: str) -> list[Menu]:
    found = [(window, each) for window in windows for each in window.menu if each.desk == desk]
    _placed(found, f"key in the menu of the {desk}", lambda each: (each.key,))
    return _placed(found, f"place in the menu of the {desk}", lambda each: (each.group, each.order))


def _tiles_of(windows: Sequence[Window], desk: str) -> list[Tiles]:
    found = [(window, each) for window in windows for each in window.tiles if each.desk == desk]
    return _placed(found, f"place of a tile in the {desk}", lambda each: (each.order,))


def _slots_of(windows: Sequence[Window]) -> Mapping[str, Sequence[Slot]]:
    found = [(window, each) for window in windows for each in window.slots]
    placed = _placed(found, "slot", lambda each: (each.place, each.order))
    return {place: [each for each in placed if each.place == place] for place in {each.place for each in placed}}
