"""What fulfilment does by the clock."""

from datong.adapters import World
from datong.commerce.fulfilment.tracking import follow_parcels
from datong.kernel.fact import every


@every(1)
async def follow(world: World) -> int:
    """Couriers are asked to follow parcels just sent."""
    return await follow_parcels(world.db, world.couriers, world.base_url)
