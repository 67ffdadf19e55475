"""Invariants of the newsletter."""

from datong.kernel.invariants import invariant

ALL = (
    invariant(
        "newsletter.revenue", "what subscriptions were paid is the revenue of the newsletter",
        """
        select 'newsletter' as subject, 'revenue ' || b.amount || ', paid ' || s.amount as detail
        from (select coalesce(sum(amount), 0) as amount from balance where account = 'newsletter_revenue') b,
             (select coalesce(sum(paid_total), 0) as amount from newsletter_subscription) s
        where b.amount <> s.amount
        """,
    ),
)  # fmt: skip
