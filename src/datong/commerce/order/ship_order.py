"""Shipping: lines of a paid order go into a parcel."""

from collections.abc import Sequence

from datong.commerce.order.hand_over import hand_over
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case


@use_case("order_id")
async def ship_order(
    tx: Tx,
    actor: Actor,
    order_id: int,
    courier: str,
    tracking_no: str,
    request_key: str,
    line_ids: Sequence[int] = (),
) -> int:
    """Put these lines (none named: all that are left and travel) into one parcel; answers its id.

    Refuses as `hand_over` does.
    """
    details = {"courier": courier, "tracking_no": tracking_no}
    return await hand_over(tx, actor, order_id, "parcel", details, request_key, line_ids)
