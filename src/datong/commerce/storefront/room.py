"""What the room `storefront` brings to the house."""

import sqlalchemy as sa

from datong.commerce.storefront import tables
from datong.kernel.house import Room, collect

ROOM = Room(
    name="storefront",
    wing="commerce",
    tables=collect(sa.Table, tables),
    rights={"storefront:edit": ("platform",)},
)
