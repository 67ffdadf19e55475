"""What vouchers do on facts."""

from collections.abc import Sequence

from datong.commerce.voucher.claim_voucher import grant_claimed
from datong.facts.voucher import VoucherClaimed
from datong.kernel.fact import on_all
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on_all(VoucherClaimed, writes=lambda fact: [bucket_of(fact.member_id)])
async def grant(tx: Tx, facts: Sequence[VoucherClaimed]) -> None:
    """A claimed voucher is where its holder finds it, even if the claimer's process died in between."""
    await grant_claimed(tx, [fact for fact in facts if bucket_of(fact.member_id) in tx.buckets])
