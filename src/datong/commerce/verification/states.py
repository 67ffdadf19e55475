"""The life of a check. Source: domain.md §31 (real-name: person or company)."""

from enum import StrEnum

from datong.kernel.refusal import Conflict

IDENTITY = "identity"
ACCOUNT = "account"


class CheckState(StrEnum):
    """Where a check is: being handed in, with the provider, answered, or never arrived there."""

    REQUESTED = "REQUESTED"
    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    REFUSED = "REFUSED"
    LOST = "LOST"


class NoVerifier(Conflict):
    """No provider is configured that could check this."""

    code = "verification.no_verifier"


class TooManyChecks(Conflict):
    """A shop has so many checks a day."""

    code = "verification.too_many_checks"

    def __init__(self, most: int) -> None:
        self.most = most
