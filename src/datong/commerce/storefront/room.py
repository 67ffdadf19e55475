"""What the room `storefront` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.storefront import tables
from datong.kernel.house import Room, collect

ROOM = Room(
    name="storefront",
    wing="commerce",
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    rights={"storefront:edit": ("platform",)},
)
