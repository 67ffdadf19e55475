"""What the room `qualification` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.qualification import invariants, notices, reactions, requirements, tables, timers
from datong.commerce.rulebook import declared
from datong.facts import qualification as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="qualification",
    wing="commerce",
    uses=("messaging", "merchant", "rulebook", "storefront"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    invariants=invariants.ALL,
    parameters=declared("qualification", requirements),
    rights={
        "qualification:read": ("owner", "manager", "editor", "industry", "platform"),
        "qualification:edit": ("owner", "manager"),
        "qualification:decide": ("industry", "platform"),
    },
    provides=notices.NOTICES,
)
