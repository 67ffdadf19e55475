"""Windows show all that their rooms bring, in every language, and clash with no other."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from datong.commerce.messaging import NoticeKind
from datong.kernel.house import HouseError, Room, build_house
from datong.surfaces.window import Menu, Tiles, Window, make_windows
from datong.wiring import WINGS, find_house, find_windows
from tests.house.rooms import SOURCE
from tests.house.words import shared_texts, texts_of_window, translations

HOUSE = find_house()
WINDOWS = find_windows(HOUSE)
SURFACES = SOURCE / "surfaces"
IN_TREE = [each for each in WINDOWS.all if (SURFACES / each.room / "window.py").exists()]
LANGUAGES = ["zh"]


def labels_of(room: str) -> ModuleType | None:
    """The labels of a room, if it has any."""
    has_labels = (SURFACES / room / "labels.py").exists()
    return import_module(f"datong.surfaces.{room}.labels") if has_labels else None


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("each", IN_TREE, ids=lambda each: each.room)
def test_everything_a_window_says_is_translated(each: Window, code: str) -> None:
    own = translations(SURFACES / each.room / "locale", code)
    shared = translations(SURFACES / "locale", code)
    said = texts_of_window(each, labels_of(each.room), SURFACES / each.room)
    assert sorted(said - own.keys() - shared.keys()) == [], "not translated"
    assert sorted(own.keys() - said) == [], "translations that this window does not say"
    assert sorted(own.keys() & shared.keys()) == [], "translated twice"


@pytest.mark.parametrize("code", LANGUAGES)
def test_everything_the_shared_parts_say_is_translated(code: str) -> None:
    shared = translations(SURFACES / "locale", code)
    said = shared_texts(SURFACES)
    assert sorted(said - shared.keys()) == [], "not translated"
    elsewhere = [texts_of_window(each, labels_of(each.room), SURFACES / each.room) for each in IN_TREE]
    lone = {text for text in shared if text not in said and sum(text in texts for texts in elsewhere) < 2}
    assert sorted(lone) == [], "said by one room or none: its own locale is the place"


def test_every_notice_clock_and_account_has_words() -> None:
    kinds = HOUSE.ports(NoticeKind).keys()
    assert WINDOWS.notices.keys() == kinds
    assert WINDOWS.notice_links.keys() == kinds
    named = {table for query in HOUSE.timers for table in WINDOWS.timers if f"select '{table}' as name" in query.text}
    assert WINDOWS.timers.keys() == named
    assert sum(query.text.count(" as name,") for query in HOUSE.timers) == len(WINDOWS.timers)


def _windows(*windows: Window, rooms: tuple[str, ...] = ("first", "second")) -> None:
    house = build_house([Room(name=name, wing="commerce") for name in rooms], WINGS)
    make_windows(house, windows, {}, Path("nowhere"))


async def _count(*_: object) -> list[int]:
    return []


MENU = Menu("console", "platform", "soup", "Soup", "/soup", icon="soup", right="soup:stir", order=10)
TILES = Tiles(desk="console", entries=(), right="soup:stir", count=_count, order=10)
CLASHES: list[tuple[dict[str, object], dict[str, object], str]] = [
    ({"refusals": {"soup.cold": "Cold."}},) * 2 + ("text of the refusal soup.cold",),  # type: ignore[list-item]
    ({"notices": {"soup": "Soup!"}},) * 2 + ("text of the notice soup",),  # type: ignore[list-item]
    ({"menu": (MENU,)},) * 2 + ("key in the menu of the console soup",),  # type: ignore[list-item]
    ({"tiles": (TILES,)},) * 2 + ("place of a tile in the console 10",),  # type: ignore[list-item]
    ({"icons": {"soup": ""}},) * 2 + ("icon soup",),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("first", "second", "text"), CLASHES, ids=[text for _, _, text in CLASHES])
def test_two_windows_that_claim_one_thing_are_named(
    first: dict[str, object], second: dict[str, object], text: str
) -> None:
    with pytest.raises(HouseError, match=f"first and second both claim the {text}"):
        _windows(Window(room="first", **first), Window(room="second", **second))  # type: ignore[arg-type]


def test_a_window_without_its_room_is_refused() -> None:
    with pytest.raises(HouseError, match="the room third, which is not installed"):
        _windows(Window(room="third"))
    with pytest.raises(HouseError, match="the room first has two windows"):
        _windows(Window(room="first"), Window(room="first"))
