"""Refusals: the platform says no, with a reason that is data.

A refusal is raised, so that the transaction rolls back. A surface alone turns it into a status and a
language: the text is found by `code`, filled from `details()`. Anything else that is raised is a bug.
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Never raised itself; `code` is `room.reason`. Public attributes of a refusal are its details."""

    code: ClassVar[str] = "kernel.refused"

    def details(self) -> dict[str, object]:
        """What the asker may know, by name."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __str__(self) -> str:
        return f"{self.code} {self.details()}"


class NotFound(Refusal):
    """There is no such thing, or none that the asker may know of."""

    code = "kernel.not_found"

    def __init__(self, thing: str = "", id: int | str = "") -> None:  # noqa: A002 - the public name of the detail
        self.thing = thing
        self.id = str(id)


class NotAllowed(Refusal):
    """The asker may not do this."""

    code = "kernel.not_allowed"

    def __init__(self, right: str = "") -> None:
        self.right = right


class Invalid(Refusal):
    """What was sent makes no sense, whoever sends it and whenever."""

    code = "kernel.invalid"

    def __init__(self, field: str = "", reason: str = "") -> None:
        self.field = field
        self.reason = reason


class Conflict(Refusal):
    """It made sense, but not in the present state of things."""

    code = "kernel.conflict"


class TooMany(Refusal):
    """Asked too often or too much at once; `retry_after` is in seconds."""

    code = "kernel.too_many"

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
