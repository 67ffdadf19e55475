"""What the room `fulfilment` brings to the house."""

import sqlalchemy as sa

from datong.commerce.fulfilment import reactions, tables, timers
from datong.facts import fulfilment as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts

ROOM = Room(
    name="fulfilment",
    wing="commerce",
    tables=collect(sa.Table, tables),
    facts=collect_facts(facts),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
)
