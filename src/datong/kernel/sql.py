"""SQL as named constants that know what they answer.

A room writes `FIND = rows(Row, "select …")` or `CLOSE = command("update …")` beside the use case. Each
constant can be prepared against the live schema and compared with its struct without running anything,
so a wrong statement fails in seconds. A statement that writes a sharded table takes the bucket as `$1`.
"""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)


class Doc:
    """A list that is one JSON document inside an array of documents, and not a dimension of the array."""

    __slots__ = ("value",)

    def __init__(self, value: Sequence[object]) -> None:
        self.value = value


class Statement:
    """A statement's text and whether it changes anything."""

    __slots__ = ("is_write", "text")

    def __init__(self, text: str, *, is_write: bool) -> None:
        self.text = text
        self.is_write = is_write


class Command(Statement):
    """A write that answers only how many rows it touched."""

    __slots__ = ()


class Query(Statement, Generic[Row_co]):
    """A statement that answers rows, each a `row`, its fields in the order of the columns."""

    __slots__ = ("row",)

    def __init__(self, row: type[Row_co], text: str, *, is_write: bool) -> None:
        super().__init__(text, is_write=is_write)
        self.row = row

    def build(self, record: Iterable[object]) -> Row_co:
        """One row of the answer."""
        return self.row(*record)


class Scalar(Query[Row_co]):
    """A query of one column; each row is the bare value."""

    __slots__ = ()

    def build(self, record: Iterable[object]) -> Row_co:
        """The value as the database gave it."""
        return next(iter(record))  # type: ignore[return-value]  # the house test compares the column with `row`


def rows(row: type[Row], text: str) -> Query[Row]:
    """A read that answers structs."""
    return Query(row, text, is_write=False)


def changed(row: type[Row], text: str) -> Query[Row]:
    """A write that answers structs: `… returning`, or a function that writes."""
    return Query(row, text, is_write=True)


def value(kind: type[Row], text: str) -> Scalar[Row]:
    """A read of one column."""
    return Scalar(kind, text, is_write=False)


def changed_value(kind: type[Row], text: str) -> Scalar[Row]:
    """A write that answers one column."""
    return Scalar(kind, text, is_write=True)


def command(text: str) -> Command:
    """A write whose answer is the number of rows it touched."""
    return Command(text, is_write=True)
