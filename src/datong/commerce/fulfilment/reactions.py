"""What fulfilment does by the clock."""

from datong.adapters import Adapters
from datong.commerce.fulfilment.tracking import follow_parcels
from datong.kernel.fact import every


@every(1)
async def follow(adapters: Adapters) -> int:
    """Couriers are asked to follow parcels just sent."""
    return await follow_parcels(adapters.db, adapters.couriers, adapters.base_url)
