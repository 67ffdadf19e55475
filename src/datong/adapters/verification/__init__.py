"""Verifiers: who says whether an identity or a bank account is real and belongs to whom it is said to."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec


class VerifierDown(Exception):  # noqa: N818 - a state of the adapters
    """The verifier gave no usable answer; whether it took the check is unknown, so it is asked for it later."""


class IdentityClaim(msgspec.Struct, frozen=True):
    """Somebody says to be this person or company; `check_id` makes a repeated call the same check."""

    check_id: int
    subject_kind: Literal["person", "company"]
    legal_name: str
    number: str
    """Of the registration or of the identity document; it is kept by nobody but the verifier."""


class AccountClaim(msgspec.Struct, frozen=True):
    """A bank account is said to belong to this holder."""

    check_id: int
    holder: str
    gateway: str
    destination: str
    """The account as the gateway knows it."""


class CheckAnswer(msgspec.Struct, frozen=True):
    """What became of a check; `reason` says why it was refused, in English."""

    outcome: Literal["verified", "refused", "pending"]
    provider_ref: str = ""
    reason: str = ""


class Verifier(Protocol):
    """A provider that checks identities and bank accounts."""

    @property
    def code(self) -> str:
        """Its name in rows."""

    async def open_check(self, claim: IdentityClaim | AccountClaim) -> CheckAnswer:
        """Hand in a claim; refuses `VerifierDown`."""

    async def find_check(self, check_id: int, provider_ref: str) -> CheckAnswer | None:
        """What became of a check; None for one that was never handed in. Refuses `VerifierDown`."""


def verifier_of(verifiers: Mapping[str, Verifier], code: str) -> Verifier:
    """The verifier of this name; one that is not configured here is as good as down, for what waits for it alone."""
    if code not in verifiers:
        raise VerifierDown(f"the verifier {code} is not configured")
    return verifiers[code]


__all__ = ["AccountClaim", "CheckAnswer", "IdentityClaim", "Verifier", "VerifierDown", "verifier_of"]
