"""What the room `cart` brings to the house."""

import sqlalchemy as sa

from datong.commerce.cart import tables
from datong.kernel.house import Room, collect

ROOM = Room(
    name="cart",
    wing="commerce",
    uses=("catalog", "inventory", "pricing"),
    tables=collect(sa.Table, tables),
    functions=("cart_take",),
)
