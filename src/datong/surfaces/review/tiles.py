"""The numbers of this room on the first pages of the desks."""

from datong.commerce import review
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.window import Tiles


async def count_unanswered(tx: Tx, actor: Actor, shop_id: int) -> tuple[int]:
    """How many reviews wait for a reply of the shop."""
    return (await review.count_unanswered(tx, actor, shop_id),)


async def count_held(tx: Tx, actor: Actor, _: int) -> tuple[int]:
    """How many reviews wait for a moderator, at most a hundred."""
    return (len(await review.list_moderation(tx, actor, 100)),)


TILES = (
    Tiles(
        desk="workbench",
        entries=(("Reviews to reply to", "/reviews?tab=unanswered"),),
        right="review:reply",
        count=count_unanswered,
        order=30,
    ),
    Tiles(
        desk="console",
        entries=(("Reviews to moderate", "/reviews"),),
        right="review:moderate",
        count=count_held,
        order=30,
        up_to=100,
    ),
)
