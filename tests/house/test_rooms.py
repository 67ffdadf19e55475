"""Rooms declare all that they bring, and use what they say they use."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.mutating import parse
from datong.commerce.rulebook import Parameter
from datong.kernel.fact import Fact, Reaction, Sweep
from datong.kernel.house import HouseError, Invariant, Port, Role, Room, build_house
from datong.kernel.sql import rows
from datong.kernel.timer import Timer
from datong.runtime.commands.rooms import describe, draw
from datong.wiring import WINGS, find_house
from tests.house.rooms import ROOT, SOURCE, module_of, modules

HOUSE = find_house()


def imported_rooms(folder: Path, wings: Iterable[str]) -> set[str]:
    """The rooms whose doors the files of a folder import."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [f"{node.module}.{alias.name}" for alias in node.names]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                parts = name.split(".")
                if parts[0] == "datong" and len(parts) > 2 and parts[1] in wings:
                    found.add(parts[2])
    return found - {folder.name}


@pytest.mark.parametrize("room", [room for room in HOUSE.rooms if room.name != room.wing], ids=lambda room: room.name)
def test_a_room_uses_what_it_says(room: Room) -> None:
    wings = {each.wing for each in HOUSE.rooms if each.name != each.wing}
    assert imported_rooms(SOURCE / room.wing / room.name, wings) == set(room.uses)


def test_rooms_of_a_wing_are_strangers_outside_commerce() -> None:
    wrong = [
        f"{room.name} uses {used}"
        for room in HOUSE.rooms
        for used in room.uses
        if room.wing != "commerce" and HOUSE.by_name[used].wing == room.wing
    ]
    assert wrong == []


def test_everything_that_is_defined_in_a_room_is_declared() -> None:
    declared = {
        id(each)
        for room in HOUSE.rooms
        for part in (room.tables, room.reactions, room.sweeps, room.invariants, room.parameters, room.provides)
        for each in part
    } | {id(each) for each in HOUSE.facts.values()}
    packages = (*(f"{module_of(room)}." for room in HOUSE.rooms), "datong.facts.")
    wrong: list[str] = []
    for module in modules():
        if not module.__name__.startswith(packages):
            continue
        for name, value in vars(module).items():
            is_fact = isinstance(value, type) and issubclass(value, Fact) and value is not Fact and name[0] != "_"
            is_part = is_fact or isinstance(value, sa.Table | Reaction | Sweep | Invariant | Parameter | Port)
            if is_part and id(value) not in declared:
                wrong.append(f"{module.__name__}.{name}")
    assert wrong == []


def test_every_right_that_is_asked_for_is_given_to_somebody() -> None:
    given = {right for room in HOUSE.rooms for right in room.rights}
    asked: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        asked |= set(re.findall(r"""must\(\s*["'](?:shop|operator):([\w:]+)["']""", path.read_text()))
    assert asked - given == {"operator:appoint"}, "only the platform itself appoints operators"


def test_the_drawing_names_every_room() -> None:
    drawn = draw(HOUSE)
    assert [room.name for room in HOUSE.rooms if room.name not in drawn] == []
    assert "order.lines" in describe(HOUSE.by_name["order"])


def test_the_table_of_ports_names_each_with_what_it_promises() -> None:
    list(modules())
    declared = {kind.__name__ for kind in Port.__subclasses__() if kind.__module__.startswith("datong.")}
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"^\| `(\w+)`, `\w+` \|", page, re.MULTILINE))
    assert declared == named
    assert declared >= {"Payable", "Grant", "Standing", "QuoteStep"}


class Told(Fact, frozen=True):
    """A fact of the rooms below."""


class Greeting(Port, frozen=True, kw_only=True):
    """A port of the rooms below."""


def _sweep(name: str) -> Sweep:
    async def act(_: object) -> int:
        return 0

    act.__qualname__ = name
    return Sweep(1, act)


TABLE = sa.Table("thing", sa.MetaData())
CLASHES: dict[str, tuple[dict[str, object], str]] = {
    "table": ({"tables": (TABLE,)}, "table thing"),
    "function": ({"functions": ("thing_put",)}, "SQL function thing_put"),
    "fact": ({"facts": (Told,)}, "fact Told"),
    "sweep": ({"sweeps": (_sweep("act"),)}, "sweep "),
    "invariant": ({"invariants": (Invariant("a.b", "holds", rows(Timer, "")),)}, "invariant a.b"),  # type: ignore[arg-type]
    "parameter": ({"parameters": (Parameter("a.b", int, 1, "here"),)}, "parameter a.b"),
    "role": ({"roles": (Role("cook", "shop"),)}, "role cook"),
    "right": ({"rights": {"soup:stir": ()}}, "right soup:stir"),
    "port": ({"provides": (Greeting(key="hello"),)}, "Greeting hello"),
}


@pytest.mark.parametrize("kind", CLASHES)
def test_two_rooms_that_claim_one_thing_are_named(kind: str) -> None:
    parts, text = CLASHES[kind]
    rooms = [Room(name=name, wing="commerce", **parts) for name in ("first", "second")]  # type: ignore[arg-type]
    with pytest.raises(HouseError, match=f"first and second both claim the {text}"):
        build_house(rooms, WINGS)


@pytest.mark.parametrize(
    ("rooms", "text"),
    [
        ([Room(name="a", wing="commerce"), Room(name="a", wing="consumer")], "two rooms are called a"),
        ([Room(name="a", wing="attic")], "the wing attic, which does not exist"),
        ([Room(name="a", wing="commerce", uses=("b",))], "uses b, which is not installed"),
        (
            [Room(name="a", wing="commerce", uses=("b",)), Room(name="b", wing="consumer")],
            "a .commerce. uses b .consumer., which is above it",
        ),
        (
            [Room(name="a", wing="commerce", uses=("b",)), Room(name="b", wing="commerce", uses=("a",))],
            "in a circle: a -> b -> a",
        ),
        ([Room(name="a", wing="commerce", rights={"soup:stir": ("cook",)})], "to cook, a role that no room declares"),
    ],
)
def test_rooms_that_do_not_fit_are_refused(rooms: list[Room], text: str) -> None:
    with pytest.raises(HouseError, match=text):
        build_house(rooms, WINGS)


def test_lower_rooms_stand_before_those_that_use_them() -> None:
    upper, lower = Room(name="a", wing="consumer", uses=("z",)), Room(name="z", wing="commerce")
    house = build_house([upper, lower], WINGS)
    assert [room.name for room in house.rooms] == ["z", "a"]
    assert house.ports(Greeting) == {}
