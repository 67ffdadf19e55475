"""What the room `fulfilment` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.fulfilment import methods, reactions, tables, timers
from datong.facts import fulfilment as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="fulfilment",
    wing="commerce",
    uses=("catalog", "rulebook"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    parameters=methods.PARAMETERS,
    rights={"digital:edit": ("owner", "manager", "editor")},
    provides=methods.METHODS,
)
