"""What fulfilment does on facts and by the clock."""

from datong.adapters import Adapters
from datong.commerce.fulfilment.digital_goods import forget_waiting, free_items, take_items
from datong.commerce.fulfilment.tracking import follow_parcels
from datong.facts.fulfilment import DigitalGoodsDue, DigitalGoodsReturned
from datong.facts.order import OrderClosed, OrderRefunded
from datong.kernel.fact import every, on
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on(DigitalGoodsDue, writes=lambda fact: [bucket_of(fact.shop_id)])
async def take_digital_items(tx: Tx, fact: DigitalGoodsDue) -> None:
    """Paid lines take their contents."""
    await take_items(tx, fact)


@on(DigitalGoodsReturned, writes=lambda fact: [bucket_of(fact.shop_id)])
async def free_digital_items(tx: Tx, fact: DigitalGoodsReturned) -> None:
    """Contents that found no line are free again."""
    await free_items(tx, fact)


@on(OrderClosed, writes=lambda fact: [bucket_of(fact.shop_id)])
async def drop_closed(tx: Tx, fact: OrderClosed) -> None:
    """Lines of an order that came to nothing wait for no contents."""
    await forget_waiting(tx, fact.order_id)


@on(OrderRefunded, writes=lambda fact: [bucket_of(fact.shop_id)])
async def drop_refunded(tx: Tx, fact: OrderRefunded) -> None:
    """Nor does a line that was given back."""
    await forget_waiting(tx, fact.order_id, [fact.line.line_id])


@every(1)
async def follow(adapters: Adapters) -> int:
    """Couriers are asked to follow parcels just sent."""
    return await follow_parcels(adapters.db, adapters.couriers, adapters.base_url)
