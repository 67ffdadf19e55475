"""What the room `member` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.member import reactions, sign_in, tables
from datong.commerce.member.account_age import ACCOUNT_AGE
from datong.commerce.member.operators import CENTRES
from datong.commerce.rulebook import declared
from datong.facts import member as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Role, Room, collect, collect_facts

ROOM = Room(
    name="member",
    wing="commerce",
    uses=("rulebook",),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    sweeps=collect(Sweep, reactions),
    parameters=declared("member", sign_in),
    roles=tuple(Role(name, "operator") for name in CENTRES),
    provides=(ACCOUNT_AGE,),
    rights={"member:read": ("consumer",)},
)
