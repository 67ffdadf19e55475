"""What the room `catalog` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.catalog import invariants, needs, notices, reactions, tables, timers, validation
from datong.commerce.rulebook import declared
from datong.facts import product as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="catalog",
    wing="commerce",
    uses=("messaging", "merchant", "qualification", "rulebook"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    invariants=invariants.ALL,
    parameters=declared("catalog", needs, validation),
    rights={
        "product:read": ("owner", "manager", "editor", "shipper", "support"),
        "product:edit": ("owner", "manager", "editor"),
        "price:edit": ("owner", "manager", "editor"),
        "category:edit": ("industry",),
    },
    provides=notices.NOTICES,
)
