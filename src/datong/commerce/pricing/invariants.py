"""Invariants of promotions."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "promotion.counts", "what a promotion has committed and used is what its uses say, and within its limits",
        """
        select 'promotion ' || p.promotion_id as subject,
               p.committed || ' / ' || p.used || ', uses ' || coalesce(u.amount, 0) || ' / ' || coalesce(u.uses, 0)
                   as detail
        from promotion p left join (
            select bkt, promotion_id, sum(amount) as amount, sum(uses) as uses from promotion_use
            where state in ('HELD', 'KEPT') group by bkt, promotion_id
        ) u on u.bkt = p.bkt and u.promotion_id = p.promotion_id
        where p.committed <> coalesce(u.amount, 0) or p.used <> coalesce(u.uses, 0)
           or (p.budget > 0 and p.committed > p.budget) or (p.limit_uses > 0 and p.used > p.limit_uses)
        """,
    ),
)  # fmt: skip
