"""`datong rooms`: the rooms of this installation, from top to bottom, with what each uses and brings."""

import argparse

from datong.kernel.house import House, HouseError, Room
from datong.runtime.supervisor import say
from datong.settings import Settings
from datong.wiring import WINGS, find_house

PARTS = (
    "tables",
    "facts",
    "reactions",
    "sweeps",
    "timers",
    "invariants",
    "parameters",
    "rights",
    "accounts",
    "provides",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Which room to show whole, if any."""
    parser.add_argument("room", nargs="?", default="", help="show everything that this room brings")


def run(_: Settings, asked: argparse.Namespace) -> int:
    """Print the drawing, or one room; answers 1 with the reason if the rooms do not fit together."""
    try:
        house = find_house()
    except HouseError as error:
        say(str(error))
        return 1
    if asked.room and asked.room not in house.by_name:
        say(f"there is no room {asked.room}: {', '.join(sorted(house.by_name))}")
        return 1
    print(describe(house.by_name[asked.room]) if asked.room else draw(house), end="")  # noqa: T201 - the command line speaks
    return 0


def draw(house: House) -> str:
    """The wings from top to bottom, in each the rooms from top to bottom with what they use."""
    lines: list[str] = []
    for group in WINGS:
        for wing in group:
            rooms = [room for room in reversed(house.rooms) if room.wing == wing]
            if rooms:
                lines.append(f"{wing}/")
                lines += [
                    f"  {room.name:<12} {'-> ' + ', '.join(room.uses) if room.uses else ''}".rstrip() for room in rooms
                ]
    return "\n".join(lines) + "\n"


def describe(room: Room) -> str:
    """Everything that one room brings, a line for each kind."""
    lines = [f"{room.wing}/{room.name}", f"  uses: {', '.join(room.uses) or 'nothing'}"]
    for part in PARTS:
        found = getattr(room, part)
        names = [
            getattr(each, "name", "") or getattr(each, "key", "") or getattr(each, "__name__", "") for each in found
        ]
        if part == "rights":
            names = list(room.rights)
        if part == "timers":
            names = [str(len(found))] if found else []
        if names:
            lines.append(f"  {part}: {', '.join(names)}")
    return "\n".join(lines) + "\n"
