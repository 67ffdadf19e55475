"""Invariants of qualifications."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "qualification.flagship", "a brand has one flagship at most on a storefront",
        """
        select 'brand ' || q.brand_id as subject, count(distinct q.shop_id) || ' flagships' as detail
        from qualification q where q.state = 'APPROVED' and q.sole_storefront_id > 0
        group by q.brand_id, q.sole_storefront_id having count(distinct q.shop_id) > 1
        """,
    ),
    invariant(
        "qualification.decided", "what is in force with papers was decided by somebody, and has a clock if it ends",
        """
        select 'qualification ' || qualification_id as subject, state as detail from qualification
        where state = 'APPROVED' and (decided_at is null or (due_at is null) <> (valid_until is null))
        """,
    ),
)  # fmt: skip
