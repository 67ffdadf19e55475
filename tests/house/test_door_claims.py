"""What a door says of its room is what the room declares: whom it calls and what it tells."""

import importlib
import re
from collections.abc import Iterable

import pytest

from datong.kernel.house import Room
from datong.wiring import find_house
from tests.house.rooms import module_of

HOUSE = find_house()
ROOMS = [room for room in HOUSE.rooms if room.name not in {"kernel", "adapters"}]


def claimed(text: str, verb: str, known: Iterable[str]) -> set[str] | None:
    """The known names that follow a verb (`Calls`, `Tells`) up to the end of its sentence; None without the verb."""
    found = re.search(rf"\b{verb}\b(.*?)(?:[.;](?=\s)|: it|\Z)", " ".join(text.split()), re.IGNORECASE)
    return set(re.findall(r"`(\w+)`", found[1])) & set(known) if found else None


def wrong_claims(room: Room, text: str) -> list[str]:
    """What a door's text says otherwise than its room declares."""
    facts = {fact.__name__ for each in HOUSE.rooms for fact in each.facts}
    wrong = []
    for verb, known, declared in (
        ("calls", set(HOUSE.by_name), set(room.uses)),
        ("tells", facts, {fact.__name__ for fact in room.facts}),
    ):
        said = claimed(text, verb, known)
        if said is None:
            wrong.append(f"{room.name}: does not say what it {verb}")
        elif said != declared:
            wrong.append(f"{room.name}: {verb} {sorted(declared)}, and says {sorted(said)}")
    if nameless := unnamed(room, text):
        wrong.append(f"{room.name}: owns {nameless}, and names none of it")
    return wrong


def unnamed(room: Room, text: str) -> list[str]:
    """The tables of a room of which its door's sentence of what it owns has no word."""
    found = re.search(r"\bOwns\b(.*?)\.(?=\s|\Z)", " ".join(text.split()))
    words = {singular(each) for each in re.findall(r"[a-z]+", found[1].lower().replace("-", ""))} if found else set()
    return [
        each.name for each in room.tables
        if not set((each.name.removeprefix(f"{room.name}_")).split("_")) & words
    ]  # fmt: skip


def singular(word: str) -> str:
    """A word of a docstring as a table has it."""
    for ending, instead in (("sses", "ss"), ("ies", "y"), ("ves", "f"), ("s", "")):
        if word.endswith(ending) and not word.endswith("ss"):
            return word.removesuffix(ending) + instead
    return word


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_door_says_what_is_so(room: Room) -> None:
    text = importlib.import_module(module_of(room)).__doc__ or ""
    assert "Owns " in text
    assert wrong_claims(room, text) == []


def test_a_door_that_says_otherwise_is_found() -> None:
    room = HOUSE.by_name["cart"]
    owns = "Owns lines, sourced ones, and merges."
    assert wrong_claims(room, f"{owns} Calls `pricing`, `inventory`, `catalog`. Tells nothing.") == []
    assert len(wrong_claims(room, f"{owns} Calls `pricing`, `inventory`, `catalog`, `order`. Tells `OrderPaid`.")) == 2
    assert len(wrong_claims(room, "The cart.")) == 3
    stock = HOUSE.by_name["inventory"]
    assert unnamed(stock, "Owns orders and money.") == [each.name for each in stock.tables]
