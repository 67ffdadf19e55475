"""What the room `aftersale` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.aftersale import (
    buyer_standing,
    deadlines,
    evidence,
    invariants,
    notices,
    reactions,
    tables,
    timers,
)
from datong.commerce.rulebook import declared
from datong.facts import aftersale as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions
from datong.kernel.invariants import waiting_for

ROOM = Room(
    name="aftersale",
    wing="commerce",
    uses=("messaging", "catalog", "fulfilment", "member", "merchant", "order", "payment", "rulebook", "storefront"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    invariants=invariants.ALL,
    waiting=(
        waiting_for(
            """
            select case when cs_status = 11 then 'appeal: open' else 'dispute: the platform decides' end as reason
            from dispute where cs_status in (3, 10, 11)
            """
        ),
    ),
    parameters=declared("aftersale", deadlines, evidence),
    rights={
        "refund:read": ("owner", "manager", "support", "platform"),
        "refund:answer": ("owner", "manager", "support"),
        "dispute:decide": ("platform",),
    },
    provides=(*notices.NOTICES, *buyer_standing.STANDINGS),
)
