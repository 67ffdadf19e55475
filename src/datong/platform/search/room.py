"""What the room `search` brings to the house."""

import sqlalchemy as sa

from datong.commerce.rulebook import declared
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_reactions
from datong.platform.search import parameters, reactions, tables

ROOM = Room(
    name="search",
    wing="platform",
    uses=("aftersale", "catalog", "member", "merchant", "order", "rulebook", "storefront"),
    tables=collect(sa.Table, tables),
    functions=("search_learn", "search_mark", "search_unmark"),
    reactions=collect_reactions(reactions),
    sweeps=collect(Sweep, reactions),
    parameters=declared("search", parameters),
    rights={"search:edit": ("platform",)},
)
