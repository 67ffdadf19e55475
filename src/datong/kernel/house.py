"""What a room declares, and the house that is made of rooms.

A room is one part of the platform with its own tables. It brings everything it adds in one `Room`, plain data without
side effects. `build_house` orders the rooms by what they use, refuses clashes, and answers a frozen `House` that
processes and tests are handed. Nothing is registered by importing a module.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Protocol, TypeVar, cast

import msgspec
import sqlalchemy as sa

from datong.kernel.fact import AnyReaction, Fact, Reaction, Sweep
from datong.kernel.sql import Query
from datong.kernel.timer import Timer

Found = TypeVar("Found")
PortT = TypeVar("PortT", bound="Port")


class HouseError(Exception):
    """The rooms do not fit together; the text names both sides and what they claim. The process must not start."""


class Named(Protocol):
    """Anything that a room declares under a name."""

    @property
    def name(self) -> str:
        """Unique in the whole house."""


class Broken(msgspec.Struct, frozen=True):
    """A row that breaks an invariant: which thing, and how."""

    subject: str
    detail: str


class Invariant(msgspec.Struct, frozen=True):
    """An identity of the live database: its name, what it says, and the query for the rows that break it."""

    name: str
    says: str
    query: Query[Broken]
    needs_now: bool = False
    """Whether `$1` of the query is the present instant."""


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what a higher room provides to a lower one that declares the kind. `key` is unique within a kind."""

    key: str


class Role(msgspec.Struct, frozen=True):
    """A role that rights are given to. `scope` is `shop` (staff of one shop) or `operator` (a centre)."""

    name: str
    scope: str


class Account(msgspec.Struct, frozen=True):
    """A kind of ledger account. `owner` says whose id stands in it (empty: the platform)."""

    name: str
    owner: str
    holds: str
    is_overdraft_allowed: bool = False


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one room adds below the surfaces."""

    name: str
    wing: str
    uses: tuple[str, ...] = ()
    """Names of the rooms it calls; a house test compares them with the imports."""
    tables: tuple[sa.Table, ...] = ()
    functions: tuple[str, ...] = ()
    """Names of its SQL functions."""
    migrations: Path | None = None
    """A folder of its own steps, `NNNN_name.sql`.

    What was made before rooms kept their own is in the common history.
    """
    derived: "Callable[[House], str] | None" = None
    """SQL that follows from what all rooms declare (a constraint over a list); run whenever its text changes."""
    facts: tuple[type[Fact], ...] = ()
    reactions: tuple[AnyReaction, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    timers: tuple[Query[Timer], ...] = ()
    invariants: tuple[Invariant, ...] = ()
    waiting: tuple[Query[Any], ...] = ()
    """Queries that say what of it waits, and for what (`kernel.invariants.waiting_for`)."""
    parameters: tuple[Named, ...] = ()
    roles: tuple[Role, ...] = ()
    rights: Mapping[str, tuple[str, ...]] = {}
    """By right (`resource:action`), the roles that have it."""
    accounts: tuple[Account, ...] = ()
    provides: tuple[Port, ...] = ()
    """What it answers to the ports of lower rooms."""


def collect(kind: type[Found], *modules: ModuleType) -> tuple[Found, ...]:
    """Every module-level instance of a class in these modules, in the order of their text, each once."""
    found = (value for module in modules for value in vars(module).values() if isinstance(value, kind))
    return tuple({id(value): value for value in found}.values())


def collect_reactions(*modules: ModuleType) -> tuple[AnyReaction, ...]:
    """The reactions of these modules."""
    return cast("tuple[AnyReaction, ...]", collect(Reaction, *modules))


def collect_facts(*modules: ModuleType) -> tuple[type[Fact], ...]:
    """The facts that these modules define."""
    return tuple(
        value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Fact)
        and value.__module__ == module.__name__
        and name[0] != "_"
    )


class House:
    """All rooms of one installation, lowest first, and what they declare, by name."""

    def __init__(self, rooms: Sequence[Room]) -> None:
        self.rooms = tuple(rooms)
        self.by_name: Mapping[str, Room] = MappingProxyType({room.name: room for room in rooms})
        self.tables: Mapping[str, sa.Table] = _index(rooms, "table", lambda room: room.tables)
        self.functions: frozenset[str] = frozenset(_claims(rooms, "SQL function", lambda room: room.functions))
        self.facts: Mapping[str, type[Fact]] = _index(rooms, "fact", lambda room: room.facts, _fact_name)
        self.reactions: tuple[AnyReaction, ...] = tuple(_index(rooms, "reaction", lambda room: room.reactions).values())
        self.sweeps: tuple[Sweep, ...] = tuple(_index(rooms, "sweep", lambda room: room.sweeps).values())
        self.timers = tuple(timer for room in rooms for timer in room.timers)
        self.waiting = tuple(query for room in rooms for query in room.waiting)
        self.invariants: tuple[Invariant, ...] = tuple(
            _index(rooms, "invariant", lambda room: room.invariants).values()
        )
        self.parameters: Mapping[str, Any] = _index(rooms, "parameter", lambda room: room.parameters)
        self.roles: Mapping[str, Role] = _index(rooms, "role", lambda room: room.roles)
        self.accounts: Mapping[str, Account] = _index(rooms, "ledger account", lambda room: room.accounts)
        self._rights = self._index_rights()
        self._ports = self._index_ports()

    def rights_of(self, role: str) -> frozenset[str]:
        """The `resource:action` pairs that a role or a centre has; none for an unknown one."""
        return self._rights.get(role, frozenset())

    def ports(self, kind: type[PortT]) -> Mapping[str, PortT]:
        """What all rooms provide of one kind of port, by key, in the order of the rooms."""
        return self._ports.get(kind, _NOTHING)

    def _index_rights(self) -> Mapping[str, frozenset[str]]:
        _claims(self.rooms, "right", lambda room: room.rights)
        held: dict[str, set[str]] = {name: set() for name in self.roles}
        for room in self.rooms:
            for right, roles in room.rights.items():
                for role in roles:
                    if role not in held:
                        msg = f"room {room.name} gives the right {right} to {role}, a role that no room declares"
                        raise HouseError(msg)
                    held[role].add(right)
        return MappingProxyType({role: frozenset(rights) for role, rights in held.items()})

    def _index_ports(self) -> Mapping[type[Port], Mapping[str, Any]]:
        found: dict[type[Port], dict[str, Any]] = {}
        owners: dict[tuple[type[Port], str], str] = {}
        for room in self.rooms:
            for port in room.provides:
                place = (type(port), port.key)
                _claim(owners, place, room.name, f"{type(port).__name__} {port.key}")
                found.setdefault(type(port), {})[port.key] = port
        return {kind: MappingProxyType(ports) for kind, ports in found.items()}


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def build_house(rooms: Iterable[Room], wings: Sequence[Sequence[str]]) -> House:
    """Order rooms by what they use and check that they fit.

    `wings` names the wings from top to bottom, those of one height together. Raises `HouseError` when two rooms have
    one name, a room uses an unknown one, one in a higher wing, one that uses it back, or when two rooms claim the same
    table, function, fact, reaction, sweep, invariant, parameter, role, right, ledger account or port key.
    """
    by_name: dict[str, Room] = {}
    for room in rooms:
        if room.name in by_name:
            msg = f"two rooms are called {room.name}"
            raise HouseError(msg)
        by_name[room.name] = room
    heights = {wing: -height for height, group in enumerate(wings) for wing in group}
    for room in by_name.values():
        if room.wing not in heights:
            msg = f"room {room.name} is in the wing {room.wing}, which does not exist ({', '.join(sorted(heights))})"
            raise HouseError(msg)
        for used in room.uses:
            if used not in by_name:
                msg = f"room {room.name} uses {used}, which is not installed"
                raise HouseError(msg)
            if heights[by_name[used].wing] > heights[room.wing]:
                msg = f"room {room.name} ({room.wing}) uses {used} ({by_name[used].wing}), which is above it"
                raise HouseError(msg)
    return House(_ordered(by_name, heights))


def _ordered(by_name: Mapping[str, Room], heights: Mapping[str, int]) -> list[Room]:
    """Lowest first: what a room uses stands before it; else by wing and name, so that the order is always the same."""
    ordered: list[Room] = []
    done: set[str] = set()
    under_way: list[str] = []

    def place(name: str) -> None:
        if name in done:
            return
        if name in under_way:
            circle = " -> ".join([*under_way[under_way.index(name) :], name])
            msg = f"rooms use each other in a circle: {circle}"
            raise HouseError(msg)
        under_way.append(name)
        for used in sorted(by_name[name].uses):
            place(used)
        under_way.pop()
        done.add(name)
        ordered.append(by_name[name])

    for name in sorted(by_name, key=lambda each: (heights[by_name[each].wing], each)):
        place(name)
    return ordered


def _fact_name(fact: type[Fact]) -> str:
    return fact.__name__


def _own_name(each: Named) -> str:
    return each.name


def _index(
    rooms: Sequence[Room],
    what: str,
    part: Callable[[Room], Iterable[Any]],
    name_of: Callable[[Any], str] = _own_name,
) -> Mapping[str, Any]:
    """What rooms declare of one kind, by name; refuses two of one name."""
    owners: dict[Any, str] = {}
    found: dict[str, Any] = {}
    for room in rooms:
        for each in part(room):
            _claim(owners, name_of(each), room.name, f"{what} {name_of(each)}")
            found[name_of(each)] = each
    return MappingProxyType(found)


def _claims(rooms: Sequence[Room], what: str, part: Callable[[Room], Iterable[str]]) -> Mapping[str, str]:
    """Names that rooms claim, with the room; refuses two rooms that claim one."""
    owners: dict[Any, str] = {}
    for room in rooms:
        for name in part(room):
            _claim(owners, name, room.name, f"{what} {name}")
    return owners


def _claim(owners: dict[Any, str], place: object, room: str, text: str) -> None:
    if place in owners:
        msg = f"rooms {owners[place]} and {room} both claim the {text}"
        raise HouseError(msg)
    owners[place] = room


EMPTY_HOUSE = House(())
"""A house of no rooms: for tools that only read statements, and tests of the kernel."""
