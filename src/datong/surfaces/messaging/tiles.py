"""The numbers of this room on the first pages of the desks."""

from datong.commerce import messaging
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.window import Tiles


async def count_waiting(tx: Tx, actor: Actor, shop_id: int) -> tuple[int]:
    """How many conversations wait for an answer of the shop."""
    return (await messaging.count_waiting(tx, actor, shop_id),)


TILES = (
    Tiles(
        desk="workbench",
        entries=(("Messages to answer", "/messages"),),
        right="message:answer",
        count=count_waiting,
        order=40,
    ),
)
