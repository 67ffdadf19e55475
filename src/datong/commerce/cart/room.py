"""What the room `cart` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.cart import tables
from datong.kernel.house import Room, collect

ROOM = Room(
    name="cart",
    wing="commerce",
    uses=("catalog", "inventory", "pricing"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    functions=("cart_take",),
)
