"""What the sandbox implementations bring to the house: the tables a provider would keep on its own side."""

from pathlib import Path

import sqlalchemy as sa

from datong.adapters import tables
from datong.kernel.house import Room, collect

ROOM = Room(
    name="adapters",
    wing="adapters",
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
)
