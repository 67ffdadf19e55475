"""What the room `rulebook` brings to the house."""

import sqlalchemy as sa

from datong.commerce.rulebook import tables
from datong.facts import rulebook as facts
from datong.kernel.house import Room, collect, collect_facts

ROOM = Room(
    name="rulebook",
    wing="commerce",
    tables=collect(sa.Table, tables),
    facts=collect_facts(facts),
    rights={"rulebook:edit": ("platform",)},
)
