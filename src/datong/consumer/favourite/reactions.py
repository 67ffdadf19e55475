"""What the sweep of footprints does."""

from datong.adapters import Adapters
from datong.consumer.favourite.recently_viewed import forget_old_footprints
from datong.kernel.fact import every


@every(3_600)
async def forget_footprints(adapters: Adapters) -> int:
    """Old footprints are forgotten."""
    return await forget_old_footprints(adapters.db)
