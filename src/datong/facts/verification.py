"""Facts of verifications: what a provider said about an identity or a bank account of a shop."""

from datetime import datetime

from datong.kernel.fact import Fact


class VerificationDecided(Fact, frozen=True):
    """A provider found an identity or a bank account to be real, or did not."""

    verification_id: int
    shop_id: int
    kind: str
    """`identity` or `account`."""
    is_verified: bool
    decided_at: datetime

    @property
    def owner_id(self) -> int:
        """The verification."""
        return self.verification_id
