"""The number of this room on the first page of the console."""

from datong.commerce import qualification
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.window import Tiles

UP_TO = 100


async def count_waiting(tx: Tx, actor: Actor, _: int) -> tuple[int]:
    """How many brand authorisations and permits wait for a decision, at most a hundred."""
    return (len((await qualification.list_qualification_desk(tx, actor, limit=UP_TO)).items),)


TILES = (
    Tiles(
        desk="console",
        entries=(("Authorisations waiting", "/qualifications"),),
        right="qualification:read",
        count=count_waiting,
        order=12,
        up_to=UP_TO,
    ),
)
