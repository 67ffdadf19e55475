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


class CouponGranted(Fact, frozen=True):
    """A programme gives a member a coupon, once for its key; it is still to be claimed where its template is."""

    member_id: int
    key: str
    template_id: int
    voucher_id: int

    @property
    def owner_id(self) -> int:
        """The member."""
        return self.member_id


class CouponNotGranted(Fact, frozen=True):
    """A granted coupon was not to be had; `reason` is the refusal's code."""

    claim_id: int
    member_id: int
    key: str
    template_id: int
    reason: str

    @property
    def owner_id(self) -> int:
        """The claim that was not made."""
        return self.claim_id
