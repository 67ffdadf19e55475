"""What orders do on facts and by the clock."""

from collections.abc import Sequence

from datong.adapters import Adapters
from datong.commerce.order.deliver_digital import deliver_digital
from datong.commerce.order.deposits import run_due_deposits
from datong.commerce.order.expiry import run_due_orders
from datong.commerce.order.give_back_unsent import start_missing_clocks
from datong.commerce.order.projections import copy_to_sellers
from datong.commerce.order.transitions import lock_order
from datong.facts.fulfilment import DigitalGoodsTaken, ParcelDelivered
from datong.facts.order import (
    OrderChanged,
    OrderClosed,
    OrderFinished,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    PurchasePlaced,
)
from datong.kernel.fact import every, on, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command
from datong.kernel.tx import Tx

DELIVERED = command(
    """
    update shop_order set delivered_at = $3, version = version + 1
    where bkt = $1 and order_id = $2 and delivered_at is null
    """
)

RECEIVED = command(
    """
    update order_line set received_at = $4
    where bkt = $1 and order_id = $2 and parcel_id = $3 and received_at is null
    """
)


def _to_shop(fact: OrderPaid | OrderClosed | OrderShipped | OrderFinished | OrderChanged | OrderRefunded) -> list[int]:
    return [bucket_of(fact.shop_id)]


@on_all(PurchasePlaced, writes=lambda fact: [bucket_of(order.shop_id) for order in fact.orders])
async def copy_placed(tx: Tx, facts: Sequence[PurchasePlaced]) -> None:
    """Each shop gets its copies."""
    await copy_to_sellers(tx, [order.order_id for fact in facts for order in fact.orders])


@on_all(OrderPaid, writes=_to_shop)
async def copy_paid(tx: Tx, facts: Sequence[OrderPaid]) -> None:
    """To ship."""
    await copy_to_sellers(tx, [fact.order_id for fact in facts])


@on_all(OrderClosed, writes=_to_shop)
async def copy_closed(tx: Tx, facts: Sequence[OrderClosed]) -> None:
    """Not to ship."""
    await copy_to_sellers(tx, [fact.order_id for fact in facts])


@on_all(OrderShipped, writes=_to_shop)
async def copy_shipped(tx: Tx, facts: Sequence[OrderShipped]) -> None:
    """On its way."""
    await copy_to_sellers(tx, [fact.order_id for fact in facts])


@on_all(OrderFinished, writes=_to_shop)
async def copy_finished(tx: Tx, facts: Sequence[OrderFinished]) -> None:
    """Done."""
    await copy_to_sellers(tx, [fact.order_id for fact in facts])


@on_all(OrderRefunded, writes=_to_shop)
async def copy_refunded(tx: Tx, facts: Sequence[OrderRefunded]) -> None:
    """Some of it went back."""
    await copy_to_sellers(tx, [fact.order_id for fact in facts])


@on_all(OrderChanged, writes=_to_shop)
async def copy_changed(tx: Tx, facts: Sequence[OrderChanged]) -> None:
    """A deadline moved."""
    await copy_to_sellers(tx, [fact.order_id for fact in facts])


@on(ParcelDelivered, writes=lambda fact: [bucket_of(fact.order_id)])
async def note_delivery(tx: Tx, fact: ParcelDelivered) -> None:
    """The order knows when it was signed for; confirming is still the buyer's."""
    if fact.kind != "OUT":
        return
    order = await lock_order(tx, fact.order_id)
    await tx.run(RECEIVED, tx.bucket, fact.order_id, fact.parcel_id, fact.delivered_at)
    if await tx.run(DELIVERED, tx.bucket, fact.order_id, fact.delivered_at):
        tx.emit(
            OrderChanged(
                purchase_id=order.purchase_id, order_id=order.order_id, shop_id=order.shop_id,
                member_id=order.member_id, change="delivered",
            )
        )  # fmt: skip


@on(DigitalGoodsTaken, writes=lambda fact: [bucket_of(fact.order_id)])
async def take_delivery(tx: Tx, fact: DigitalGoodsTaken) -> None:
    """Contents come into their order."""
    await deliver_digital(tx, fact)


@every(1)
async def due_orders(adapters: Adapters) -> int:
    """Orders whose clock has run out are closed, reminded of, given back or confirmed."""
    return await run_due_orders(adapters.db)


@every(60)
async def clockless_orders(adapters: Adapters) -> int:
    """Paid orders that have no clock yet get one."""
    return await start_missing_clocks(adapters.db)


@every(5)
async def due_deposits(adapters: Adapters) -> int:
    """Deposits whose clock has run out are closed or forfeited."""
    return await run_due_deposits(adapters.db)
