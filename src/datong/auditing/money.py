"""Identities of money: the ledger, what is due to whom, charges."""

from datong.auditing.checks import Check, check

CHECKS: tuple[Check, ...] = (
    check(
        "ledger.postings", "the legs of every posting sum to zero",
        """
        select 'posting ' || posting_id as subject, currency || ' ' || sum(amount) as detail
        from ledger_entry group by bkt, posting_id, currency having sum(amount) <> 0
        """,
    ),
    check(
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
    check(
        "ledger.sum", "all balances together are zero in every currency",
        "select currency as subject, sum(amount)::text as detail from balance group by currency having sum(amount) <> 0",
    ),
    check(
        "ledger.escrow", "escrow holds exactly what open paid orders are worth, and nothing else",
        """
        select 'order ' || coalesce(o.order_id, b.owner_id) as subject,
               'escrow ' || coalesce(b.amount, 0) || ', order ' || coalesce(o.held, 0) as detail
        from (select bkt, owner_id, amount from balance where account = 'escrow') b
        full join (
            select bkt, order_id, payable - refunded as held from shop_order
            where state in ('WAIT_SELLER_SEND_GOODS', 'SELLER_CONSIGNED_PART', 'WAIT_BUYER_CONFIRM_GOODS')
        ) o on o.bkt = b.bkt and o.order_id = b.owner_id
        where coalesce(b.amount, 0) <> coalesce(o.held, 0)
        """,
    ),
    check(
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
            where o.kind in ('OrderFinished', 'DepositEnded', 'OrderRefunded', 'ShopAdjusted') and o.delivered_at is null and not exists (
                select 1 from fact_inbox i where i.fact_id = o.fact_id
                  and i.reaction like 'commerce.payment.reactions.%')
            group by 1, 2
        ) f on f.shop_id = t.owner_id and f.currency = t.currency
        where coalesce(t.amount, 0) <> coalesce(f.amount, 0)
        """,
    ),
    check(
        "ledger.presale", "a paid deposit is there until its balance is paid, and nothing else is",
        """
        select 'deposit ' || coalesce(d.deposit_id, b.owner_id) as subject,
               coalesce(d.amount, 0) || ', there ' || coalesce(b.amount, 0) as detail
        from (select owner_id, amount from balance where account = 'presale') b
        full join (select deposit_id, amount from deposit where state in ('DEPOSIT_PAID', 'BALANCE_PLACED')) d
            on d.deposit_id = b.owner_id where coalesce(d.amount, 0) <> coalesce(b.amount, 0)
        """,
    ),
    check(
        "ledger.unapplied", "a paid charge is given to orders or back at once",
        "select 'charge ' || owner_id as subject, amount::text as detail from balance where account = 'unapplied' and amount <> 0",
    ),
    check(
        "ledger.refunds", "what is due to buyers is in refunds not yet sent",
        """
        select 'refund ' || coalesce(r.refund_id, b.owner_id) as subject,
               coalesce(r.state || ' ' || r.amount, 'none') || ', due ' || coalesce(b.amount, 0) as detail
        from refund r full join (select bkt, owner_id, amount from balance where account = 'refund_due') b
            on b.bkt = r.bkt and b.owner_id = r.refund_id
        where coalesce(b.amount, 0) <> case when r.refund_id is null or r.state = 'SUCCEEDED' then 0 else r.amount end
        """,
    ),
    check(
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
    check(
        "charge.parts", "the shares of a charge sum to it",
        """
        select 'charge ' || c.charge_id as subject, c.amount || ' <> ' || coalesce(sum(p.amount), 0) as detail
        from charge c left join charge_part p on p.bkt = c.bkt and p.charge_id = c.charge_id
        group by c.bkt, c.charge_id, c.amount having c.amount <> coalesce(sum(p.amount), 0)
        """,
    ),
    check(
        "ledger.subsidy", "what the platform paid shops for lower prices is its part of the cuts of finished orders",
        """
        select 'currency ' || coalesce(b.currency, o.currency) as subject,
               coalesce(b.amount, 0) || ', orders ' || coalesce(o.amount, 0) as detail
        from (select currency, -sum(amount) as amount from balance where account = 'subsidy' group by currency) b
        full join (
            select currency, sum(subsidy - subsidy_undone) as amount from shop_order where state = 'TRADE_FINISHED' group by currency
        ) o on o.currency = b.currency where coalesce(b.amount, 0) <> coalesce(o.amount, 0)
        """,
    ),
)  # fmt: skip
