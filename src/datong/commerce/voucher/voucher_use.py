"""What becomes of a locked voucher: used when the money is there, or given back when nothing came of it."""

from collections.abc import Sequence

from datong.kernel.sql import command
from datong.kernel.tx import Tx

USE = command(
    """
    update voucher set state = 'USED', changed_at = $3
    where bkt = $1 and voucher_id = any($2) and state = 'LOCKED'
    """
)
GIVE_BACK = command(
    """
    update voucher set state = case when valid_until > $4 then 'CLAIMED' else 'EXPIRED' end,
        purchase_id = 0, changed_at = $4
    where bkt = $1 and voucher_id = any($2) and state in ('LOCKED', 'USED') and purchase_id = $3
    """
)


async def mark_used(tx: Tx, voucher_ids: Sequence[int]) -> None:
    """The purchase they were locked for is paid."""
    if voucher_ids:
        await tx.run(USE, tx.bucket, sorted(voucher_ids), tx.now)


async def give_back(tx: Tx, purchase_id: int, voucher_ids: Sequence[int]) -> None:
    """Nothing came of all they were used for: valid ones may be used again, the others have run out (domain.md §5)."""
    if voucher_ids:
        await tx.run(GIVE_BACK, tx.bucket, sorted(voucher_ids), purchase_id, tx.now)
