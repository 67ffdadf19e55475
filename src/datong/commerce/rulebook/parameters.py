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


class Parameter(Generic[Value]):
    """A number (or table, or flag) of the business: its name, type, default and where it comes from."""

    __slots__ = ("default", "kind", "name", "source")

    def __init__(self, name: str, kind: object, default: Value, source: str) -> None:
        self.name = name
        self.kind = kind
        self.default = default
        self.source = source

    def checked(self, raw: object) -> Value:
        """The value, if it fits the type; refuses `ValueRefused` naming what is wrong."""
        try:
            return msgspec.convert(raw, self.kind)  # type: ignore[no-any-return]
        except msgspec.ValidationError as error:
            raise ValueRefused(self.name, str(error)) from None


def declared(room: str, *modules: ModuleType) -> tuple[Parameter[Any], ...]:
    """The parameters of a room (`room.name`) that these modules define, for its `room.py`."""
    return tuple(each for each in collect(Parameter, *modules) if each.name.startswith(f"{room}."))


class Scope(msgspec.Struct, frozen=True):
    """What a decision is about; 0 where it does not apply. Category ids go from the leaf to the root."""

    storefront_id: int = 0
    vertical_id: int = 0
    category_ids: tuple[int, ...] = ()

    def places(self) -> Iterable[tuple[str, int]]:
        """From the narrowest scope to the whole platform."""
        for category_id in self.category_ids:
            yield "category", category_id
        if self.vertical_id:
            yield "vertical", self.vertical_id
        if self.storefront_id:
            yield "storefront", self.storefront_id
        yield "platform", 0


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
        for row in sorted(values, key=lambda each: (each.effective_from, each.version)):
            self._by_place.setdefault((row.name, row.scope_kind, row.scope_id), []).append(row)
            self.version = max(self.version, row.version)

    def history(self, name: str) -> list[SetValue]:
        """Every value ever set for a parameter, in the order in which they came or come into force."""
        rows = [row for (known, _, _), kept in self._by_place.items() if known == name for row in kept]
        return sorted(rows, key=lambda row: (row.effective_from, row.version))

    def value(self, parameter: Parameter[Value], now: datetime, scope: Scope = Scope()) -> Value:  # noqa: B008 - a frozen struct: everywhere
        """The value in force at `now` for a scope. A later row of the same scope takes over at its time."""
        for kind, scope_id in scope.places():
            history = self._by_place.get((parameter.name, kind, scope_id))
            if not history:
                continue
            place = bisect_right(history, now, key=lambda row: row.effective_from)
            if place:
                return parameter.checked(history[place - 1].value)
        return parameter.default
