"""What the room `pricing` brings to the house."""

import sqlalchemy as sa

from datong.commerce.pricing import discounts, invariants, promotions, reactions, tables
from datong.commerce.rulebook import declared
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_reactions

ROOM = Room(
    name="pricing",
    wing="commerce",
    uses=("catalog", "inventory", "member", "merchant", "rulebook", "storefront", "voucher"),
    tables=collect(sa.Table, tables),
    functions=("promotion_keep", "promotion_let_go", "promotion_spend"),
    reactions=collect_reactions(reactions),
    sweeps=collect(Sweep, reactions),
    invariants=invariants.ALL,
    parameters=declared("pricing", discounts, promotions),
    rights={
        "promotion:read": ("owner", "manager", "editor", "consumer", "industry", "platform"),
        "promotion:edit": ("owner", "manager", "editor", "consumer", "industry"),
    },
)
