"""What vouchers do on facts."""

from collections.abc import Sequence

from datong.commerce.voucher.claim_voucher import grant_claimed
from datong.commerce.voucher.grants import claim_granted, note_not_granted
from datong.facts.voucher import CouponGranted, CouponNotGranted, VoucherClaimed
from datong.kernel.fact import on, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on_all(VoucherClaimed, writes=lambda fact: [bucket_of(fact.member_id)])
async def grant(tx: Tx, facts: Sequence[VoucherClaimed]) -> None:
    """A claimed voucher is where its holder finds it, even if the claimer's process died in between."""
    await grant_claimed(tx, [fact for fact in facts if bucket_of(fact.member_id) in tx.buckets])


@on(CouponGranted, writes=lambda fact: [bucket_of(fact.template_id)])
async def claim(tx: Tx, fact: CouponGranted) -> None:
    """A coupon that a programme grants is counted with its template."""
    await claim_granted(tx, fact)


@on(CouponNotGranted, writes=lambda fact: [bucket_of(fact.member_id)])
async def note_refused(tx: Tx, fact: CouponNotGranted) -> None:
    """A grant whose coupon was not to be had is known as such."""
    await note_not_granted(tx, fact)
