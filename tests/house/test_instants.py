"""Every instant that the API takes in has its offset: one without could not be compared with those that have one."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from datong.surfaces.api_context import Instant
from datong.wiring import find_house, find_windows


def _bodies(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(("datong.surfaces", __name__)) and each.__struct_config__.forbid_unknown_fields:
            yield each
        yield from _bodies(each)


def without_offset(bodies: Iterator[type[msgspec.Struct]]) -> list[str]:
    """Fields of bodies that would take an instant without its offset."""
    return [
        f"{body.__name__}.{field.name}"
        for body in bodies
        for field in msgspec.inspect.type_info(body).fields  # type: ignore[attr-defined]  # a Struct has fields
        for kind in getattr(field.type, "types", [field.type])
        if isinstance(kind, msgspec.inspect.DateTimeType) and kind.tz is not True
    ]


def test_every_instant_that_is_sent_in_has_its_offset() -> None:
    find_windows(find_house())
    bodies = list(_bodies(msgspec.Struct))
    assert {"PromotionBody", "ParameterPut"} <= {each.__name__ for each in bodies}
    assert without_offset(each for each in bodies if each.__module__ != __name__) == []


class Naive(msgspec.Struct, forbid_unknown_fields=True):
    """Takes any."""

    at: datetime | None
    until: Instant


def test_one_without_is_found() -> None:
    assert without_offset(iter([Naive])) == ["Naive.at"]
