"""What the room `review` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.review import credit_levels, invariants, notices, reactions, standings, tables, time_limits, timers
from datong.commerce.rulebook import declared
from datong.facts import review as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="review",
    wing="commerce",
    uses=("messaging", "member", "order", "rulebook", "storefront"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    invariants=invariants.ALL,
    parameters=declared("review", credit_levels, time_limits),
    rights={"review:reply": ("owner", "manager", "support"), "review:moderate": ("platform",)},
    provides=(*notices.NOTICES, *standings.STANDINGS),
)
