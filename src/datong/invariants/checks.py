"""What an identity is: its name, what it says, and the query for the rows that break it."""

import msgspec

from datong.kernel.sql import Query, rows

MAX_ROWS = 20


class Broken(msgspec.Struct, frozen=True):
    """A row that breaks an identity: which thing, and how."""

    subject: str
    detail: str


class Check(msgspec.Struct, frozen=True):
    """An identity and the query for what breaks it."""

    name: str
    says: str
    query: Query[Broken]


def check(name: str, says: str, text: str) -> Check:
    """An identity; its query answers the rows that break it, up to twenty."""
    return Check(name, says, rows(Broken, f"{text} limit {MAX_ROWS}"))
