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
    return wrong


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_door_says_what_is_so(room: Room) -> None:
    text = importlib.import_module(module_of(room)).__doc__ or ""
    assert "Owns " in text
    assert wrong_claims(room, text) == []


def test_a_door_that_says_otherwise_is_found() -> None:
    room = HOUSE.by_name["cart"]
    assert wrong_claims(room, "Calls `pricing`, `inventory`, `catalog`. Tells nothing.") == []
    assert len(wrong_claims(room, "Calls `pricing`, `inventory`, `catalog`, `order`. Tells `OrderPaid`.")) == 2
    assert len(wrong_claims(room, "The cart.")) == 2
