"""What becomes of held stock: bound to a written purchase, sold on payment, released or returned.

A move changes the hold first-come-first-served by its state, so however often it is asked for, and in
whatever order with its rivals, each unit moves once.
"""

from collections.abc import Sequence

from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict
from datong.kernel.sql import changed_value
from datong.kernel.tx import Tx

BIND = changed_value(int, "select inventory_move($1, $2, $3::bigint[], 'BOUND', array['HELD'], $4)")
SELL = changed_value(int, "select inventory_move($1, $2, $3::bigint[], 'SOLD', array['HELD', 'BOUND'], $4)")
LET_GO = changed_value(int, "select inventory_move($1, $2, $3::bigint[], 'RELEASED', array['HELD', 'BOUND'], $4)")
RETURN = changed_value(int, "select inventory_move($1, $2, $3::bigint[], 'RETURNED', array['SOLD'], $4)")


class HoldLost(Conflict):
    """A hold that a purchase was written on is not there any more: someone must look."""

    code = "inventory.hold_lost"

    def __init__(self, hold_id: int) -> None:
        self.hold_id = str(hold_id)


def _mine(tx: Tx, sku_ids: Sequence[int]) -> list[int]:
    return sorted({sku_id for sku_id in sku_ids if bucket_of(sku_id) == tx.bucket})


async def bind_hold(tx: Tx, hold_id: int, sku_ids: Sequence[int]) -> None:
    """The purchase is written: this bucket's part of its hold no longer expires."""
    mine = _mine(tx, sku_ids)
    if await tx.one(BIND, tx.bucket, hold_id, mine, tx.now) != len(mine):
        raise HoldLost(hold_id)


async def sell_bound(tx: Tx, hold_id: int, sku_ids: Sequence[int]) -> None:
    """The order is paid: what was held leaves the shelf."""
    mine = _mine(tx, sku_ids)
    if await tx.one(SELL, tx.bucket, hold_id, mine, tx.now) != len(mine):
        raise HoldLost(hold_id)


async def release_bound(tx: Tx, hold_id: int, sku_ids: Sequence[int]) -> None:
    """The order was closed unpaid: what was held is free again."""
    await tx.one(LET_GO, tx.bucket, hold_id, _mine(tx, sku_ids), tx.now)


async def return_sold(tx: Tx, hold_id: int, sku_ids: Sequence[int]) -> None:
    """The order was cancelled before it was shipped: what was sold is back on the shelf."""
    await tx.one(RETURN, tx.bucket, hold_id, _mine(tx, sku_ids), tx.now)
