"""What the room `inventory` brings to the house."""

import sqlalchemy as sa

from datong.commerce.inventory import holds, invariants, reactions, tables, timers
from datong.commerce.rulebook import declared
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_reactions

ROOM = Room(
    name="inventory",
    wing="commerce",
    uses=("rulebook",),
    tables=collect(sa.Table, tables),
    functions=(
        "inventory_hold",
        "inventory_hold_batch",
        "inventory_lock",
        "inventory_misfit",
        "inventory_move",
        "inventory_move_many",
        "inventory_take",
    ),
    reactions=collect_reactions(reactions),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    invariants=invariants.ALL,
    parameters=declared("inventory", holds),
    rights={"stock:edit": ("owner", "manager", "editor")},
)
