"""What the room `voucher` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.rulebook import declared
from datong.commerce.voucher import grants, invariants, notices, reactions, tables, templates
from datong.facts import voucher as facts
from datong.kernel.house import Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="voucher",
    wing="commerce",
    uses=("messaging", "catalog", "member", "merchant", "rulebook"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    functions=("coin_enter", "voucher_claim_many", "voucher_grant", "voucher_lock", "voucher_unlock"),
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    invariants=invariants.ALL,
    parameters=declared("voucher", templates),
    provides=(*notices.NOTICES, *grants.GRANTS),
)
