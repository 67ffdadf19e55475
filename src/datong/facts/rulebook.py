"""Facts of what the platform decides by."""

from datong.kernel.fact import Fact


class StandingChanged(Fact, frozen=True):
    """A named measure of a shop, product or member has another value; a copy takes it if its version is higher."""

    name: str
    subject_id: int
    value: float | int
    version: int

    @property
    def owner_id(self) -> int:
        """Whom or what it measures."""
        return self.subject_id
