"""Whether a storefront still has orders that have not come to their end, asked before it is closed."""

from datong.commerce.storefront import StorefrontUse
from datong.kernel.sql import value
from datong.kernel.tx import Tx

HAS_OPEN = value(
    bool,
    """
    select exists (
        select from shop_order
        where storefront_id = $1 and state not in ('TRADE_FINISHED', 'TRADE_CLOSED', 'TRADE_CLOSED_UNPAID')
    )
    """,
)


async def _has_open(tx: Tx, storefront_id: int) -> bool:
    return await tx.one(HAS_OPEN, storefront_id)


OPEN_ORDERS = StorefrontUse(key="orders", is_open=_has_open)
