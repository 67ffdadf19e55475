"""The numbers of this room on the first pages of the desks."""

from datong.commerce import merchant
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.window import Tiles


async def count_applications(tx: Tx, actor: Actor, _: int) -> tuple[int]:
    """How many shops wait for a decision, at most a hundred."""
    return (len(await merchant.list_applications(tx, actor, 100)),)


TILES = (
    Tiles(
        desk="console",
        entries=(("Shops waiting", "/shops"),),
        right="shop:read",
        count=count_applications,
        order=10,
        up_to=100,
    ),
)
