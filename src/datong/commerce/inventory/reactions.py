"""What inventory does on facts, each in the item buckets that the lines live in."""

from collections.abc import Sequence

from datong.commerce.inventory.holding import expire_holds
from datong.commerce.inventory.moving import HeldLines, bind_holds, release_bound, return_sold, sell_bound
from datong.facts import OrderClosed, OrderPaid, PurchasePlaced
from datong.kernel.fact import every, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx
from datong.plugs import World


@on_all(PurchasePlaced, writes=lambda fact: [bucket_of(sku_id) for sku_id in fact.sku_ids])
async def bind(tx: Tx, facts: Sequence[PurchasePlaced]) -> None:
    """A written purchase keeps its stock."""
    await bind_holds(tx, [HeldLines(fact.hold_id, fact.sku_ids) for fact in facts])


@on_all(OrderPaid, writes=lambda fact: [bucket_of(line.sku_id) for line in fact.lines])
async def sell(tx: Tx, facts: Sequence[OrderPaid]) -> None:
    """Paid stock is sold."""
    await sell_bound(tx, [_held(fact) for fact in facts])


@on_all(OrderClosed, writes=lambda fact: [bucket_of(line.sku_id) for line in fact.lines])
async def free(tx: Tx, facts: Sequence[OrderClosed]) -> None:
    """An order that ended without success gives its stock back."""
    await return_sold(tx, [_held(fact) for fact in facts if fact.was_paid])
    await release_bound(tx, [_held(fact) for fact in facts if not fact.was_paid])


def _held(fact: OrderPaid | OrderClosed) -> HeldLines:
    return HeldLines(fact.hold_id, [line.sku_id for line in fact.lines])


@every(5)
async def release_expired(world: World) -> int:
    """Holds of purchases that were never written run out."""
    return await expire_holds(world.db)
