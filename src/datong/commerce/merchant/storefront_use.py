"""Whether a storefront still has shops that wait for a decision or their dues, asked before it is closed."""

from datong.commerce.storefront import StorefrontUse
from datong.kernel.sql import value
from datong.kernel.tx import Tx

HAS_WAITING = value(
    bool,
    """
    select exists (
        select from shop where storefront_id = $1 and state in ('SUBMITTED', 'UNDER_REVIEW', 'AWAIT_PAYMENT')
    )
    """,
)


async def _has_waiting(tx: Tx, storefront_id: int) -> bool:
    return await tx.one(HAS_WAITING, storefront_id)


WAITING_SHOPS = StorefrontUse(key="applications", is_open=_has_waiting)
