"""What the room `favourite` brings to the house."""

import sqlalchemy as sa

from datong.commerce.rulebook import declared
from datong.consumer.favourite import reactions, recently_viewed, tables
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect

ROOM = Room(
    name="favourite",
    wing="consumer",
    uses=("rulebook",),
    tables=collect(sa.Table, tables),
    sweeps=collect(Sweep, reactions),
    parameters=declared("favourite", recently_viewed),
)
