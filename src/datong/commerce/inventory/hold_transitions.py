"""What becomes of held stock: bound to a written purchase, sold on payment, released or returned.

A move changes the hold first-come-first-served by its state, so however often it is asked for, and in
whatever order with its rivals, each unit moves once.
"""

from collections.abc import Sequence

import msgspec

from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict
from datong.kernel.sql import changed_value
from datong.kernel.tx import Tx

MOVE = changed_value(
    int,
    "select inventory_move_many($1, $2, $3::integer[], $4::bigint[], $5::bigint[], $6, $7::text[], $8::text[])",
)


class HeldLines(msgspec.Struct, frozen=True):
    """SKUs that are held under one hold."""

    hold_id: int
    sku_ids: list[int]


class HoldLost(Conflict):
    """A hold that a purchase was written on is not there any more: someone must look."""

    code = "inventory.hold_lost"

    def __init__(self, hold_id: int) -> None:
        self.hold_id = str(hold_id)


async def _move(tx: Tx, held: Sequence[HeldLines], to: str, before: list[str], further: list[str]) -> list[int]:
    """Move what is in this transaction's buckets; answers the holds that are neither moved nor further on."""
    moves = sorted(
        {(sku_id, each.hold_id) for each in held for sku_id in each.sku_ids if bucket_of(sku_id) in tx.buckets}
    )
    buckets = [bucket_of(sku_id) for sku_id, _ in moves]
    return await tx.all(
        MOVE, tx.bucket, tx.now, buckets, [hold_id for _, hold_id in moves], [sku_id for sku_id, _ in moves],
        to, before, further,
    )  # fmt: skip


async def bind_holds(tx: Tx, held: Sequence[HeldLines]) -> None:
    """Their purchases are written: this transaction's part of the holds no longer expires. Refuses `HoldLost`."""
    for lost in await _move(tx, held, "BOUND", ["HELD"], ["SOLD", "RETURNED"]):
        raise HoldLost(lost)


async def sell_bound(tx: Tx, held: Sequence[HeldLines]) -> None:
    """Their orders are paid: what was held leaves the shelf. Refuses `HoldLost`."""
    for lost in await _move(tx, held, "SOLD", ["HELD", "BOUND"], ["RETURNED"]):
        raise HoldLost(lost)


async def release_bound(tx: Tx, held: Sequence[HeldLines]) -> None:
    """Their orders were closed unpaid: what was held is free again."""
    await _move(tx, held, "RELEASED", ["HELD", "BOUND"], [])


async def return_sold(tx: Tx, held: Sequence[HeldLines]) -> None:
    """Their orders were cancelled before they were shipped: what was sold is back on the shelf."""
    await _move(tx, held, "RETURNED", ["SOLD"], [])
