"""What the room `rulebook` brings to the house."""

import sqlalchemy as sa

from datong.commerce.rulebook import tables
from datong.kernel.house import Room, collect

ROOM = Room(
    name="rulebook",
    wing="commerce",
    tables=collect(sa.Table, tables),
    rights={"rulebook:edit": ("platform",)},
)
