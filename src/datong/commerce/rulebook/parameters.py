"""Parameters and how their value is found: the narrowest scope that has one in force, else the default."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from types import ModuleType
from typing import Any, Generic, TypeVar

import msgspec

from datong.kernel.house import collect
from datong.kernel.refusal import Invalid

Value = TypeVar("Value")


class ValueRefused(Invalid):
    """The value is not of the parameter's type or out of its bounds."""

    code = "rulebook.value_refused"

    def __init__(self, name: str, expected: str) -> None:
        self.name = name
        self.expected = expected


PLATFORM = "platform"
ALL_SCOPES = ("storefront", "vertical", "category")


class Parameter(Generic[Value]):
    """A number (or table, or flag) of the business: its name, type, default and where it comes from.

    `bounds` are the least and the most of each number in it. `scopes` are what it may be set for beside the whole
    platform: exactly those that its readers ask for, since a reader that leaves one out raises.
    """

    __slots__ = ("bounds", "default", "kind", "name", "scopes", "source")

    def __init__(
        self,
        name: str,
        kind: object,
        default: Value,
        source: str,
        *,
        bounds: tuple[float, float] | None = None,
        scopes: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.default = default
        self.source = source
        self.bounds = bounds
        self.scopes = frozenset(scopes)

    def read(self, raw: object) -> Value:
        """A value as it was decided, of whatever bounds were in force then. Raises `ValueRefused` for another type."""
        try:
            return msgspec.convert(raw, self.kind)  # type: ignore[no-any-return]
        except msgspec.ValidationError as error:
            raise ValueRefused(self.name, str(error)) from None

    def checked(self, raw: object) -> Value:
        """The value, if it fits type and bounds; refuses `ValueRefused` naming what is wrong."""
        value = self.read(raw)
        if self.bounds:
            least, most = self.bounds
            if not all(least <= number <= most for number in _numbers(value)):
                raise ValueRefused(self.name, f"{least:,} to {most:,}")
        return value


def _numbers(value: object) -> Iterable[float]:
    """The numbers of a value, whatever list or table they stand in; not those of a struct, whose type has bounds."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def declared(room: str, *modules: ModuleType) -> tuple[Parameter[Any], ...]:
    """The parameters of a room (`room.name`) that these modules define, for its `room.py`."""
    return tuple(each for each in collect(Parameter, *modules) if each.name.startswith(f"{room}."))


class Scope(msgspec.Struct, frozen=True):
    """What a decision is about; None where it is not about one. Category ids go from the leaf to the root."""

    storefront_id: int | None = None
    vertical_id: int | None = None
    category_ids: tuple[int, ...] | None = None

    def places(self) -> Iterable[tuple[str, int]]:
        """From the narrowest scope to the storefront."""
        for category_id in self.category_ids or ():
            yield "category", category_id
        if self.vertical_id:
            yield "vertical", self.vertical_id
        if self.storefront_id:
            yield "storefront", self.storefront_id

    def lacks(self, scopes: frozenset[str]) -> bool:
        """Whether one of these kinds is not said at all (an unknown one, said as 0 or as no category, is)."""
        return (
            (self.storefront_id is None and "storefront" in scopes)
            or (self.vertical_id is None and "vertical" in scopes)
            or (self.category_ids is None and "category" in scopes)
        )


EVERYWHERE = Scope()


class SetValue(msgspec.Struct, frozen=True):
    """One row of the rulebook."""

    version: int
    name: str
    scope_kind: str
    scope_id: int
    effective_from: datetime
    value: object


class Rules:
    """The whole rulebook as one version of it, in memory; asking costs a look-up."""

    def __init__(self, values: Iterable[SetValue]) -> None:
        self.version = 0
        self._by_place: dict[tuple[str, str, int], list[SetValue]] = {}
        self._narrowed: set[str] = set()
        """The parameters that somebody has set for less than the whole platform."""
        for row in sorted(values, key=lambda each: (each.effective_from, each.version)):
            self._by_place.setdefault((row.name, row.scope_kind, row.scope_id), []).append(row)
            if row.scope_kind != PLATFORM:
                self._narrowed.add(row.name)
            self.version = max(self.version, row.version)

    def history(self, name: str) -> list[SetValue]:
        """Every value ever set for a parameter, in the order in which they came or come into force."""
        rows = [row for (known, _, _), kept in self._by_place.items() if known == name for row in kept]
        return sorted(rows, key=lambda row: (row.effective_from, row.version))

    def value(self, parameter: Parameter[Value], now: datetime, scope: Scope = EVERYWHERE) -> Value:
        """The value in force at `now` for a scope. A later row of the same scope takes over at its time.

        Raises `TypeError` when the scope leaves out a kind that the parameter may be set for: what somebody decided
        for a storefront would be passed over in silence.
        """
        if parameter.scopes:
            if scope.lacks(parameter.scopes):
                msg = f"{parameter.name} is read without one of {sorted(parameter.scopes)}"
                raise TypeError(msg)
            for kind, scope_id in scope.places() if parameter.name in self._narrowed else ():
                if kind in parameter.scopes and (found := self._in_force(parameter.name, kind, scope_id, now)):
                    return parameter.read(found.value)
        return self.platform_value(parameter, now)

    def platform_value(self, parameter: Parameter[Value], now: datetime) -> Value:
        """The value in force at `now` wherever nothing narrower was decided."""
        found = self._in_force(parameter.name, PLATFORM, 0, now)
        return parameter.read(found.value) if found else parameter.default

    def _in_force(self, name: str, kind: str, scope_id: int, now: datetime) -> SetValue | None:
        history = self._by_place.get((name, kind, scope_id))
        place = bisect_right(history, now, key=lambda row: row.effective_from) if history else 0
        return history[place - 1] if history and place else None
