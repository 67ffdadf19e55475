"""What inventory does on facts, each in the item buckets that the lines live in."""

from datong.commerce.inventory.holding import expire_holds
from datong.commerce.inventory.moving import bind_hold, release_bound, return_sold, sell_bound
from datong.facts import OrderClosed, OrderPaid, PurchasePlaced
from datong.kernel.fact import every, on
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx
from datong.plugs import World


@on(PurchasePlaced, writes=lambda fact: [bucket_of(sku_id) for sku_id in fact.sku_ids])
async def bind(tx: Tx, fact: PurchasePlaced) -> None:
    """A written purchase keeps its stock."""
    await bind_hold(tx, fact.hold_id, fact.sku_ids)


@on(OrderPaid, writes=lambda fact: [bucket_of(line.sku_id) for line in fact.lines])
async def sell(tx: Tx, fact: OrderPaid) -> None:
    """Paid stock is sold."""
    await sell_bound(tx, fact.hold_id, [line.sku_id for line in fact.lines])


@on(OrderClosed, writes=lambda fact: [bucket_of(line.sku_id) for line in fact.lines])
async def free(tx: Tx, fact: OrderClosed) -> None:
    """An order that ended without success gives its stock back."""
    sku_ids = [line.sku_id for line in fact.lines]
    if fact.was_paid:
        await return_sold(tx, fact.hold_id, sku_ids)
    else:
        await release_bound(tx, fact.hold_id, sku_ids)


@every(5)
async def release_expired(world: World) -> int:
    """Holds of purchases that were never written run out."""
    return await expire_holds(world.db)
