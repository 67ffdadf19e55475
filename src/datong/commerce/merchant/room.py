"""What the room `merchant` brings to the house."""

import sqlalchemy as sa

from datong.commerce.merchant import dues, notices, reactions, tables
from datong.commerce.merchant.staff import STAFF_ROLES
from datong.commerce.rulebook import declared
from datong.facts import merchant as facts
from datong.kernel.house import Role, Room, collect, collect_facts, collect_reactions

ROOM = Room(
    name="merchant",
    wing="commerce",
    uses=("messaging", "member", "rulebook", "storefront"),
    tables=collect(sa.Table, tables),
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    parameters=declared("merchant", dues),
    roles=tuple(Role(name, "shop") for name in STAFF_ROLES),
    rights={
        "shop:read": ("owner", "manager", "shipper", "support", "editor", "accountant", "industry", "platform"),
        "shop:edit": ("owner", "manager"),
        "staff:edit": ("owner",),
        "shop:decide": ("industry",),
    },
    provides=notices.NOTICES,
)
