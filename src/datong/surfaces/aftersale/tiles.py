"""The numbers of this room on the first pages of the desks."""

from datong.commerce import aftersale
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.window import Tiles


async def count_due(tx: Tx, actor: Actor, shop_id: int) -> tuple[int]:
    """How many refund cases wait for the shop."""
    return (await aftersale.count_due_cases(tx, actor, shop_id),)


async def count_disputes(tx: Tx, actor: Actor, _: int) -> tuple[int]:
    """How many disputes wait for the platform, at most a hundred."""
    return (len(await aftersale.list_desk(tx, actor, (), 100)),)


TILES = (
    Tiles(
        desk="workbench", entries=(("Refunds to answer", "/refunds"),), right="refund:read", count=count_due, order=20
    ),
    Tiles(
        desk="console",
        entries=(("Disputes", "/disputes"),),
        right="dispute:decide",
        count=count_disputes,
        order=20,
        up_to=100,
    ),
)
