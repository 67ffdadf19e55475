"""Invariants of the delivery of facts."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "facts.dead", "no fact is a dead letter",
        "select kind || ' ' || fact_id as subject, reason as detail from fact_outbox where dead_at is not null",
    ),
    invariant(
        "facts.late", "no fact waits for more than ten minutes",
        """
        select kind || ' ' || fact_id as subject, told_at::text as detail from fact_outbox
        where delivered_at is null and dead_at is null and told_at < $1::timestamptz - interval '10 minutes'
        """, needs_now=True,
    ),
)  # fmt: skip
