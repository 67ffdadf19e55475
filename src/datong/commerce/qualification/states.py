"""Kinds of qualifications, their life, and what is refused about it. Source: domain.md §1."""

from enum import StrEnum
from typing import Literal

from datong.kernel.refusal import Conflict, NotAllowed

BRAND = "brand"
LEVELS: tuple[str, ...] = ("own", "exclusive", "first", "second", "third")
"""How far a shop is from the owner of the brand: the owner, its only seller, or that many authorisations away.

What a loader or an earlier release authorised has none ("").
"""
SOLE_LEVELS: tuple[str, ...] = ("own", "exclusive")
MARKS: tuple[str, ...] = ("R", "TM")
PermitKind = Literal[
    "food", "health_food", "medicine", "medical_device", "cosmetics", "publication", "alcohol", "other_permit"
]
PERMIT_KINDS: dict[str, str] = {
    "food": "Food business licence",
    "health_food": "Health food registration",
    "medicine": "Medicine business licence",
    "medical_device": "Medical device registration",
    "cosmetics": "Cosmetics filing",
    "publication": "Publication business licence",
    "alcohol": "Alcohol distribution licence",
    "other_permit": "Other permit",
}
"""Kinds of permits, with their names in English. Source: DESIGN, after the permits that sellers are asked for in CN."""


class QualificationState(StrEnum):
    """Where a qualification is in its life."""

    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


MOVES: dict[QualificationState, frozenset[QualificationState]] = {
    QualificationState.SUBMITTED: frozenset(
        {QualificationState.APPROVED, QualificationState.REJECTED, QualificationState.WITHDRAWN}
    ),
    QualificationState.APPROVED: frozenset(
        {QualificationState.EXPIRED, QualificationState.REVOKED, QualificationState.WITHDRAWN}
    ),
    QualificationState.REJECTED: frozenset(),
    QualificationState.WITHDRAWN: frozenset(),
    QualificationState.EXPIRED: frozenset(),
    QualificationState.REVOKED: frozenset(),
}


def sources_of(state: QualificationState) -> list[str]:
    """The states from which a qualification may come into this one."""
    return [source.value for source, targets in MOVES.items() if state in targets]


class WrongQualificationState(Conflict):
    """The qualification is not in a state from which this is possible."""

    code = "qualification.wrong_state"

    def __init__(self, state: str) -> None:
        self.state = state


class AlreadyWaiting(Conflict):
    """The shop has asked for the same, and it is not decided yet."""

    code = "qualification.already_waiting"


class FlagshipTaken(Conflict):
    """Another flagship of this storefront has the brand, or is being given it."""

    code = "qualification.flagship_taken"

    def __init__(self, shop_id: int) -> None:
        self.shop_id = str(shop_id)


class TooManyBrands(Conflict):
    """A shop of this kind may have so many brands and no more."""

    code = "qualification.too_many_brands"

    def __init__(self, most: int) -> None:
        self.most = most


class QualificationOver(Conflict):
    """It has expired before it was decided."""

    code = "qualification.over"


class LevelTooLow(Conflict):
    """A flagship needs the brand to be its own, or an exclusive authorisation."""

    code = "qualification.level_too_low"


class DepositTooLow(Conflict):
    """A trademark that is only applied for asks for a higher deposit than this shop has paid."""

    code = "qualification.deposit_too_low"


class OwnShop(NotAllowed):
    """Who works in a shop, or asked for it, does not decide about the shop."""

    code = "qualification.own_shop"

    def __init__(self) -> None:
        super().__init__("operator:qualification:decide")
