"""What the room `merchant` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.merchant import dues, identity_check, notices, reactions, tables, timers
from datong.commerce.merchant.staff import STAFF_ROLES
from datong.commerce.merchant.storefront_use import WAITING_SHOPS
from datong.commerce.rulebook import declared
from datong.facts import merchant as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Role, Room, collect, collect_facts, collect_reactions
from datong.kernel.invariants import waiting_for

ROOM = Room(
    name="merchant",
    wing="commerce",
    uses=("messaging", "member", "rulebook", "storefront", "verification"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    waiting=(
        waiting_for(
            """
            select case when state = 'AWAIT_PAYMENT' then 'shop: dues to be paid' else 'shop: to be decided' end
                as reason
            from shop where state in ('SUBMITTED', 'UNDER_REVIEW', 'AWAIT_PAYMENT')
            """
        ),
    ),
    parameters=declared("merchant", dues, identity_check),
    roles=tuple(Role(name, "shop") for name in STAFF_ROLES),
    rights={
        "shop:read": ("owner", "manager", "shipper", "support", "editor", "accountant", "industry", "platform"),
        "shop:edit": ("owner", "manager"),
        "staff:edit": ("owner",),
        "shop:decide": ("industry",),
    },
    provides=(*notices.NOTICES, WAITING_SHOPS),
)
