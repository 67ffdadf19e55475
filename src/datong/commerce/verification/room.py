"""What the room `verification` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.rulebook import declared
from datong.commerce.verification import checks, notices, reactions, tables, timers
from datong.facts import verification as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="verification",
    wing="commerce",
    uses=("messaging", "rulebook"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    parameters=declared("verification", checks),
    rights={"verification:read": ("owner", "manager", "accountant")},
    provides=notices.NOTICES,
)
