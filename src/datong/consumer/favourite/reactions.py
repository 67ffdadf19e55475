"""What the sweep of footprints does."""

from datong.consumer.favourite.trailing import forget_old_footprints
from datong.kernel.fact import every
from datong.plugs import World


@every(3_600)
async def forget_footprints(world: World) -> int:
    """Old footprints are forgotten."""
    return await forget_old_footprints(world.db)
