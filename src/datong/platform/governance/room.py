"""What the room `governance` brings to the house."""

import sqlalchemy as sa

from datong.kernel.house import Room, collect
from datong.platform.governance import tables

ROOM = Room(
    name="governance",
    wing="platform",
    tables=collect(sa.Table, tables),
    rights={
        "health:read": ("consumer", "industry", "platform"),
        "act:read": ("consumer", "industry", "platform"),
        "timer:read": ("platform",),
        "fact:read": ("platform",),
        "fact:resend": ("platform",),
    },
)
