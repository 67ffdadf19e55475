"""Invariants of refund cases, disputes and goodwill."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "refund.lines", "what was given back of an order is what was given back of its lines, and of its freight",
        """
        select 'order ' || o.order_id as subject, o.refunded || ', lines ' || coalesce(sum(l.refunded), 0) as detail
        from shop_order o join order_line l on l.bkt = o.bkt and l.order_id = o.order_id
        where o.refunded > 0 or l.refunded > 0 group by o.bkt, o.order_id, o.refunded, o.freight
        having o.refunded - sum(l.refunded) not between 0 and o.freight
        """,
    ),
    invariant(
        "refund.cases",
        "what was given back of an order is what its cases gave back, or the clock for what was not sent or not "
        "collected, and as many are open as it says",
        """
        select 'order ' || o.order_id as subject, o.refunded || ' / ' || o.open_cases || ', cases '
               || coalesce(sum(c.paid_back), 0) || ' / ' || count(c.case_id) filter (where c.ended_at is null) as detail
        from shop_order o left join refund_case c on c.bkt = o.bkt and c.order_id = o.order_id
        where o.refunded > 0 or o.open_cases > 0 or c.case_id is not null
        group by o.bkt, o.order_id, o.refunded, o.uncollected, o.open_cases
        having o.refunded <> coalesce(sum(c.paid_back), 0) + o.uncollected
            or o.open_cases <> count(c.case_id) filter (where c.ended_at is null)
        """,
    ),
    invariant(
        "refund.paid", "every case that gave money back has gateway refunds for exactly that, and for nothing else",
        """
        select 'case ' || coalesce(c.case_id, r.case_id) as subject,
               coalesce(c.paid_back, 0) || ' <> ' || coalesce(r.amount, 0) as detail
        from refund_case c full join (
            select bkt, case_id, sum(amount) as amount from refund where case_id <> 0 and not is_extra
                group by bkt, case_id
        ) r on r.bkt = c.bkt and r.case_id = c.case_id where coalesce(c.paid_back, 0) <> coalesce(r.amount, 0)
        """,
    ),
    invariant(
        "refund.clocks", "an open case has a clock, or the platform is deciding it",
        """
        select 'case ' || c.case_id as subject, c.state as detail from refund_case c
        where c.ended_at is null and c.due_at is null and not exists (
            select 1 from dispute d where d.bkt = c.bkt and d.case_id = c.case_id and d.cs_status in (3, 10))
        """,
    ),
    invariant(
        "refund.copies", "the shop's copy of every case is as new as the case, unless the fact is on its way",
        """
        select 'case ' || c.case_id as subject, c.version || ' <> ' || coalesce(s.version, 0) as detail
        from refund_case c left join seller_case s on s.case_id = c.case_id
        where c.version is distinct from s.version and not exists (
            select 1 from fact_outbox f where f.owner_id = c.purchase_id and f.delivered_at is null)
        """,
    ),
    invariant(
        "ledger.goodwill", "goodwill is what disputes gave, and within what was reserved for it",
        """
        select 'goodwill' as subject, g.spent || ', disputes ' || d.given || ', reserved ' || r.reserved as detail
        from (select coalesce(-sum(amount), 0) as spent from balance where account = 'goodwill') g,
             (select coalesce(sum(goodwill + compensated), 0) as given from dispute) d,
             (select coalesce(sum(spent), 0) as reserved from goodwill_month) r
        where g.spent <> d.given or d.given > r.reserved
        """,
    ),
    invariant(
        "timers.cases", "no clock of a refund case or a dispute ran out more than ten minutes ago",
        """
        select 'case ' || case_id as subject, state || ' ' || due_at as detail from refund_case
        where due_at < $1::timestamptz - interval '10 minutes'
        union all select 'dispute of case ' || case_id, cs_status || ' ' || due_at from dispute
        where due_at < $1::timestamptz - interval '10 minutes'
        """, needs_now=True,
    ),
)  # fmt: skip
