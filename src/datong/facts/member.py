"""Facts of members."""

from datetime import datetime

from datong.kernel.fact import Fact


class MemberRegistered(Fact, frozen=True):
    """Someone joined."""

    member_id: int
    registered_at: datetime

    @property
    def owner_id(self) -> int:
        """The member."""
        return self.member_id
