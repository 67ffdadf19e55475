"""Tables of moves: which states can be reached in a life that is given as data."""

from collections.abc import Collection, Mapping
from typing import TypeVar

State = TypeVar("State")


def reachable(moves: Mapping[State, Collection[State]], start: State) -> set[State]:
    """Every state that can be reached from one, itself included. Raises `KeyError` for a state without an entry."""
    found, todo = {start}, [start]
    while todo:
        fresh = set(moves[todo.pop()]) - found
        found |= fresh
        todo += fresh
    return found
