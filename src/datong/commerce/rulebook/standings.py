"""Standings: named measures of a shop, a product or a member, which gates and fees ask for by name.

Who measures is a room above, and who asks does not know which. A gate whose measure nobody provides refuses, so that it
is never open by mistake.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from datong.facts.rulebook import StandingChanged
from datong.kernel.house import Port
from datong.kernel.refusal import NotFound
from datong.kernel.tx import Tx


class StandingUnknown(NotFound):
    """Nobody in this installation measures this."""

    code = "rulebook.standing_unknown"

    def __init__(self, name: str) -> None:
        super().__init__("standing", name[:60])


class StandingValue(msgspec.Struct, frozen=True):
    """A measure at one instant; its unit is the standing's. `version` grows with every change of it."""

    value: float | int
    version: int
    at: datetime


class Standing(Port, frozen=True, kw_only=True):
    """A measure. `key` is its name; `subject` says what is measured.

    `read_many(tx, ids)` answers many in one query, from any bucket, and leaves out what was never measured.
    """

    subject: Literal["shop", "product", "member"]
    unit: str
    """What a value of one is, in words."""
    read_many: Callable[[Tx, Collection[int]], Awaitable[Mapping[int, StandingValue]]]


async def read_standing(tx: Tx, name: str, subject_ids: Collection[int]) -> Mapping[int, StandingValue]:
    """A measure of many subjects, by id; what was never measured is missing. Refuses `StandingUnknown`."""
    standing = tx.house.ports(Standing).get(name)
    if standing is None:
        raise StandingUnknown(name)
    return await standing.read_many(tx, subject_ids) if subject_ids else {}


def tell_standing(tx: Tx, name: str, subject_id: int, value: float, version: int) -> None:
    """Tell those who keep copies that a measure has changed, in the subject's bucket.

    Where no room of this house hears `StandingChanged`, nothing is told and nothing is written.
    """
    if any(reaction.fact is StandingChanged for reaction in tx.house.reactions):
        tx.emit(StandingChanged(name=name, subject_id=subject_id, value=value, version=version))
