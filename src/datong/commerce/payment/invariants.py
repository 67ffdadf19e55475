"""Invariants of money: the ledger, what is due to whom, charges."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "ledger.postings", "the legs of every posting sum to zero",
        """
        select 'posting ' || posting_id as subject, currency || ' ' || sum(amount) as detail
        from ledger_entry group by bkt, posting_id, currency having sum(amount) <> 0
        """,
    ),
    invariant(
        "ledger.balances", "every balance is the sum of its entries",
        """
        select coalesce(b.account, e.account) || ' ' || coalesce(b.owner_id, e.owner_id) as subject,
               'balance ' || coalesce(b.amount, 0) || ', entries ' || coalesce(e.amount, 0) as detail
        from balance b full join (
            select bkt, account, owner_id, currency, sum(amount) as amount from ledger_entry
            group by bkt, account, owner_id, currency
        ) e using (bkt, account, owner_id, currency)
        where coalesce(b.amount, 0) <> coalesce(e.amount, 0)
        """,
    ),
    invariant(
        "ledger.sum", "all balances together are zero in every currency",
        "select currency as subject, sum(amount)::text as detail from balance group by currency "
        "having sum(amount) <> 0",
    ),
    invariant(
        "ledger.transit", "what is on its way to shops is in facts not yet delivered",
        """
        select 'shop ' || coalesce(t.owner_id, f.shop_id) as subject,
               'in transit ' || coalesce(t.amount, 0) || ', told ' || coalesce(f.amount, 0) as detail
        from (select owner_id, currency, sum(amount) as amount from balance where account = 'shop_transit'
              group by owner_id, currency) t
        full join (
            select (o.body ->> 'shop_id')::bigint as shop_id, o.body -> 'earned' ->> 'currency' as currency,
                   sum((o.body -> 'earned' ->> 'amount')::bigint) as amount
            from fact_outbox o
            where o.kind in ('OrderFinished', 'DepositEnded', 'OrderRefunded', 'ShopAdjusted')
                and o.delivered_at is null and not exists (
                select 1 from fact_inbox i where i.fact_id = o.fact_id
                  and i.reaction like 'commerce.payment.reactions.%')
            group by 1, 2
        ) f on f.shop_id = t.owner_id and f.currency = t.currency
        where coalesce(t.amount, 0) <> coalesce(f.amount, 0)
        """,
    ),
    invariant(
        "ledger.unapplied", "a paid charge is given to orders or back at once",
        "select 'charge ' || owner_id as subject, amount::text as detail from balance where account = 'unapplied' "
        "and amount <> 0",
    ),
    invariant(
        "ledger.refunds", "what is due to buyers is in refunds not yet sent",
        """
        select 'refund ' || coalesce(r.refund_id, b.owner_id) as subject,
               coalesce(r.state || ' ' || r.amount, 'none') || ', due ' || coalesce(b.amount, 0) as detail
        from refund r full join (select bkt, owner_id, amount from balance where account = 'refund_due') b
            on b.bkt = r.bkt and b.owner_id = r.refund_id
        where coalesce(b.amount, 0) <> case when r.refund_id is null or r.state = 'SUCCEEDED' then 0 else r.amount end
        """,
    ),
    invariant(
        "ledger.payouts", "what is due to shops' banks is in payouts not yet sent",
        """
        select 'payout ' || coalesce(p.payout_id, b.owner_id) as subject,
               coalesce(p.state || ' ' || p.amount, 'none') || ', due ' || coalesce(b.amount, 0) as detail
        from payout p full join (select bkt, owner_id, amount from balance where account = 'payout_due') b
            on b.bkt = p.bkt and b.owner_id = p.payout_id
        where coalesce(b.amount, 0) <>
            case when p.payout_id is null or p.state in ('PAID', 'DECLINED') then 0 else p.amount end
        """,
    ),
    invariant(
        "ledger.deposits", "what shops have paid in as their deposit is there, unless it is on its way back",
        """
        select 'shop ' || coalesce(s.shop_id, b.owner_id) as subject,
               coalesce(s.deposit_paid, 0) || ', there ' || coalesce(b.amount, 0) as detail
        from shop s full join (
            select bkt, owner_id, sum(amount) as amount from balance where account = 'deposit' group by bkt, owner_id
        ) b on b.bkt = s.bkt and b.owner_id = s.shop_id
        where coalesce(s.deposit_paid, 0) <> coalesce(b.amount, 0) and not exists (
            select 1 from fact_outbox f where f.owner_id = s.shop_id and f.kind = 'ApplicationEnded'
                and f.delivered_at is null)
        """,
    ),
    invariant(
        "charge.parts", "the shares of a charge sum to it",
        """
        select 'charge ' || c.charge_id as subject, c.amount || ' <> ' || coalesce(sum(p.amount), 0) as detail
        from charge c left join charge_part p on p.bkt = c.bkt and p.charge_id = c.charge_id
        group by c.bkt, c.charge_id, c.amount having c.amount <> coalesce(sum(p.amount), 0)
        """,
    ),
)  # fmt: skip
