"""Invariants of vouchers and coins."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "voucher.counts", "as many vouchers are claimed as their template says, each by one and there, unless on its "
                          "way",
        """
        select 'template ' || t.template_id as subject, t.claimed || ', claims ' || count(c.voucher_id)
               || ', there ' || count(v.voucher_id) as detail
        from voucher_template t left join voucher_claim c on c.bkt = t.bkt and c.template_id = t.template_id
        left join voucher v on v.voucher_id = c.voucher_id and v.member_id = c.member_id
        group by t.bkt, t.template_id, t.claimed
        having t.claimed <> count(c.voucher_id) or count(c.voucher_id) <> count(v.voucher_id) + (
            select count(*) from fact_outbox f where f.kind = 'VoucherClaimed' and f.delivered_at is null
              and (f.body ->> 'template_id')::bigint = t.template_id
              and not exists (select 1 from voucher h where h.voucher_id = (f.body ->> 'voucher_id')::bigint))
        """,
    ),
    invariant(
        "coins.sum", "a member's coins are the sum of what was entered",
        """
        select 'member ' || coalesce(a.member_id, e.member_id) as subject,
               coalesce(a.balance, 0) || ', entries ' || coalesce(e.amount, 0) as detail
        from coin_account a full join (
            select bkt, member_id, sum(amount) as amount from coin_entry group by bkt, member_id
        ) e on e.bkt = a.bkt and e.member_id = a.member_id where coalesce(a.balance, 0) <> coalesce(e.amount, 0)
        """,
    ),
)  # fmt: skip
