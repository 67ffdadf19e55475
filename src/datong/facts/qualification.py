"""Facts of qualifications: brand authorisations and permits of shops."""

from datetime import datetime

from datong.kernel.fact import Fact


class QualificationDecided(Fact, frozen=True):
    """Staff approved or rejected what a shop had handed in."""

    qualification_id: int
    shop_id: int
    kind: str
    """`brand`, or the kind of permit."""
    brand_id: int
    is_approved: bool
    decided_at: datetime

    @property
    def owner_id(self) -> int:
        """The qualification."""
        return self.qualification_id


class QualificationExpiryNeared(Fact, frozen=True):
    """A qualification will expire soon, and the shop has none that follows it."""

    qualification_id: int
    shop_id: int
    kind: str
    brand_id: int
    valid_until: datetime

    @property
    def owner_id(self) -> int:
        """The qualification."""
        return self.qualification_id


class QualificationEnded(Fact, frozen=True):
    """A qualification that was in force is not any more: EXPIRED, REVOKED or WITHDRAWN."""

    qualification_id: int
    shop_id: int
    kind: str
    brand_id: int
    state: str
    ended_at: datetime

    @property
    def owner_id(self) -> int:
        """The qualification."""
        return self.qualification_id
