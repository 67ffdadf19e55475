"""Facts of vouchers."""

from datetime import datetime

from datong.kernel.fact import Fact


class VoucherClaimed(Fact, frozen=True):
    """A member has claimed a voucher; the number of them was counted with its template."""

    claim_id: int
    template_id: int
    voucher_id: int
    member_id: int
    claimed_at: datetime

    @property
    def owner_id(self) -> int:
        """The claim: claims of one template do not wait for each other."""
        return self.claim_id
