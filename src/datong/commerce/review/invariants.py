"""Invariants of reviews, credit and daily scores."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "review.copies", "the shop's copy of every review is as new as the review, unless the fact is on its way",
        """
        select 'review ' || r.review_id as subject, r.version || ' <> ' || coalesce(p.version, 0) as detail
        from review r left join product_review p on p.review_id = r.review_id
        where r.version is distinct from p.version and not exists (
            select 1 from fact_outbox f where f.owner_id = r.order_id and f.delivered_at is null)
        """,
    ),
    invariant(
        "review.counts", "what a product's page counts is what it shows",
        """
        select 'product ' || coalesce(c.product_id, r.product_id) as subject,
               coalesce(c.good, 0) || '/' || coalesce(c.neutral, 0) || '/' || coalesce(c.bad, 0) as detail
        from (select bkt, product_id, count(*) filter (where result = 'good') as good,
                     count(*) filter (where result = 'neutral') as neutral,
                     count(*) filter (where result = 'bad') as bad,
                     count(*) filter (where has_pictures) as with_pictures
              from product_review where is_shown group by bkt, product_id) c
        full join product_rating r on r.bkt = c.bkt and r.product_id = c.product_id
        where coalesce(c.good, 0) <> coalesce(r.good, 0) or coalesce(c.neutral, 0) <> coalesce(r.neutral, 0)
           or coalesce(c.bad, 0) <> coalesce(r.bad, 0) or coalesce(c.with_pictures, 0) <> coalesce(r.with_pictures, 0)
        """,
    ),
    invariant(
        "review.credit", "a shop's credit is what counting its shown reviews anew gives, six a buyer a month at most",
        """
        select 'shop ' || coalesce(c.owner_id, m.shop_id) as subject,
               coalesce(c.total, 0) || ', counted anew ' || coalesce(m.total, 0) as detail
        from (select bkt, shop_id, sum(greatest(-6, least(6, given))) as total, sum(good) as good,
                     sum(neutral) as neutral, sum(bad) as bad
              from (select bkt, shop_id, member_id, month,
                           sum(case result when 'good' then 1 when 'bad' then -1 else 0 end) as given,
                           count(*) filter (where result = 'good') as good,
                           count(*) filter (where result = 'neutral') as neutral,
                           count(*) filter (where result = 'bad') as bad
                    from product_review where is_shown group by bkt, shop_id, member_id, month) pairs
              group by bkt, shop_id) m
        full join (select * from credit where owner_id not in (select member_id from order_rating)) c
            on c.bkt = m.bkt and c.owner_id = m.shop_id
        where coalesce(c.total, 0) <> coalesce(m.total, 0) or coalesce(c.good, 0) <> coalesce(m.good, 0)
           or coalesce(c.neutral, 0) <> coalesce(m.neutral, 0) or coalesce(c.bad, 0) <> coalesce(m.bad, 0)
        """,
    ),
    invariant(
        "review.buyers", "a buyer's credit is what counting its shown ratings anew gives",
        """
        select 'member ' || m.member_id as subject, coalesce(c.good, 0) || '/' || coalesce(c.bad, 0) as detail
        from (select bkt, member_id, count(*) filter (where seller_result = 'good') as good,
                     count(*) filter (where seller_result = 'neutral') as neutral,
                     count(*) filter (where seller_result = 'bad') as bad
              from order_rating where seller_shown_at is not null group by bkt, member_id) m
        left join credit c on c.bkt = m.bkt and c.owner_id = m.member_id
        where coalesce(c.good, 0) <> m.good or coalesce(c.neutral, 0) <> m.neutral or coalesce(c.bad, 0) <> m.bad
        """,
    ),
    invariant(
        "review.dsr", "a shop's mean of six months is what adding its scores anew gives",
        """
        select 'shop ' || s.shop_id as subject, s.ratings || ': ' || s.description || ', anew ' || coalesce(d.ratings,
            0)
               || ': ' || coalesce(d.description, 0) as detail
        from shop_dsr s left join lateral (
            select count(*) as ratings, sum(r.description) as description, sum(r.service) as service,
                   sum(r.logistics) as logistics
            from dsr_rating r where r.bkt = s.bkt and r.shop_id = s.shop_id and r.is_counted and r.day > s.since
              and r.day <= s.as_of) d on true
        where s.ratings <> d.ratings or s.description <> coalesce(d.description, 0)
           or s.service <> coalesce(d.service, 0) or s.logistics <> coalesce(d.logistics, 0)
        """,
    ),
    invariant(
        "timers.ratings", "no clock of a rating ran out more than ten minutes ago",
        """
        select 'ratings of order ' || order_id as subject, due_at::text as detail from order_rating
        where due_at < $1::timestamptz - interval '10 minutes'
        """, needs_now=True,
    ),
)  # fmt: skip
