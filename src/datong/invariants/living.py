"""Identities of a platform that is alive: facts are delivered, clocks are run. `$1` is now."""

from datong.invariants.checks import Check, check

CHECKS: tuple[Check, ...] = (
    check(
        "facts.dead", "no fact is a dead letter",
        "select kind || ' ' || fact_id as subject, reason as detail from fact_outbox where dead_at is not null",
    ),
    check(
        "facts.late", "no fact waits for more than ten minutes",
        """
        select kind || ' ' || fact_id as subject, told_at::text as detail from fact_outbox
        where delivered_at is null and dead_at is null and told_at < $1::timestamptz - interval '10 minutes'
        """,
    ),
    check(
        "timers.overdue", "no clock of an order, a refund case, a dispute or a rating ran out more than ten minutes ago",
        """
        select 'order ' || order_id as subject, state || ' ' || due_at as detail from shop_order
        where due_at < $1::timestamptz - interval '10 minutes'
        union all select 'case ' || case_id, state || ' ' || due_at from refund_case
        where due_at < $1::timestamptz - interval '10 minutes'
        union all select 'dispute of case ' || case_id, cs_status || ' ' || due_at from dispute
        where due_at < $1::timestamptz - interval '10 minutes' and cs_status in (8, 9, 10)
        union all select 'ratings of order ' || order_id, due_at::text from order_rating
        where due_at < $1::timestamptz - interval '10 minutes'
        """,
    ),
)  # fmt: skip
