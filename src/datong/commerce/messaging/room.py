"""What the room `messaging` brings to the house."""

import sqlalchemy as sa

from datong.commerce.messaging import invariants, messages, notifications, reactions, tables
from datong.commerce.rulebook import declared
from datong.facts import messaging as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="messaging",
    wing="commerce",
    uses=("member", "rulebook"),
    tables=collect(sa.Table, tables),
    functions=("notice_put",),
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions),
    sweeps=collect(Sweep, reactions),
    invariants=invariants.ALL,
    parameters=declared("messaging", messages, notifications),
    rights={"message:answer": ("owner", "manager", "support")},
    provides=reactions.NOTICES,
)
