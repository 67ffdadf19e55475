"""What the kernel brings to the house: the delivery of facts, request keys, unique names, limits, the moved clock."""

import sqlalchemy as sa

from datong.kernel import fact_invariants, tables
from datong.kernel.house import Room, collect
from datong.kernel.invariants import waiting_for

ROOM = Room(
    name="kernel",
    wing="kernel",
    tables=collect(sa.Table, tables),
    functions=("fact_delivered", "fact_note", "fact_tell", "request_answer", "request_claim"),
    invariants=fact_invariants.ALL,
    waiting=(waiting_for("select 'fact: to be delivered' as reason from fact_outbox where delivered_at is null"),),
)
