"""Identities of trade: orders, stock, promotions, vouchers, coins."""

from datong.auditing.checks import Check, check

CHECKS: tuple[Check, ...] = (
    check(
        "order.lines", "an order is its lines plus freight; its commission is its lines'",
        """
        select 'order ' || o.order_id as subject, 'payable ' || o.payable || ', lines ' || coalesce(sum(l.payable), 0) as detail
        from shop_order o left join order_line l on l.bkt = o.bkt and l.order_id = o.order_id
        group by o.bkt, o.order_id, o.payable, o.freight, o.goods, o.commission
        having o.payable <> coalesce(sum(l.payable), 0) + o.freight or o.goods <> coalesce(sum(l.goods), 0)
            or o.commission <> coalesce(sum(l.commission), 0)
        """,
    ),
    check(
        "order.purchases", "a purchase is its orders",
        """
        select 'purchase ' || p.purchase_id as subject, p.total || ' <> ' || coalesce(sum(o.payable), 0) as detail
        from purchase p left join shop_order o on o.bkt = p.bkt and o.purchase_id = p.purchase_id
        group by p.bkt, p.purchase_id, p.total having p.total <> coalesce(sum(o.payable), 0)
        """,
    ),
    check(
        "order.cuts", "a line's cuts are exactly what its goods cost less",
        """
        select 'line ' || line_id as subject, goods || ' - ' || payable as detail from order_line l
        where goods - payable <> (select coalesce(sum((c ->> 'amount')::bigint), 0) from jsonb_array_elements(cuts) c)
        """,
    ),
    check(
        "order.paid", "every paid order was paid by a charge, and only paid ones were",
        """
        select 'order ' || o.order_id as subject, o.state as detail from shop_order o
        where (o.paid_at is not null) <> exists (
            select 1 from ledger_entry e
            where e.bkt = o.bkt and e.account = 'escrow' and e.owner_id = o.order_id and e.kind = 'order_paid')
        """,
    ),
    check(
        "stock.holds", "what stock says is held and sold is what holds say",
        """
        select 'sku ' || s.sku_id as subject,
               'held ' || s.held || '/' || coalesce(h.held, 0) || ', sold ' || s.sold || '/' || coalesce(h.sold, 0) as detail
        from stock s left join (
            select bkt, sku_id, sum(quantity) filter (where state in ('HELD', 'BOUND')) as held,
                   sum(quantity) filter (where state = 'SOLD') as sold
            from hold group by bkt, sku_id
        ) h on h.bkt = s.bkt and h.sku_id = s.sku_id
        where s.held <> coalesce(h.held, 0) or s.sold <> coalesce(h.sold, 0)
        """,
    ),
    check(
        "stock.received", "held + free + sold is what was received, entry by entry",
        """
        select 'sku ' || s.sku_id as subject, s.received || ' <> ' || coalesce(e.quantity, 0) as detail
        from stock s left join (select bkt, sku_id, sum(quantity) as quantity from stock_entry group by bkt, sku_id) e
            on e.bkt = s.bkt and e.sku_id = s.sku_id
        where s.received <> coalesce(e.quantity, 0) or s.on_hand + s.sold <> s.received
        """,
    ),
    check(
        "stock.orders", "what is sold is in paid orders, unless the fact is on its way",
        """
        select 'sku ' || coalesce(h.sku_id, l.sku_id) as subject,
               'holds ' || coalesce(h.quantity, 0) || ', orders ' || coalesce(l.quantity, 0) as detail
        from (select hold_id, sku_id, quantity from hold where state = 'SOLD') h
        full join (
            select coalesce(nullif(l.hold_id, 0), o.hold_id) as hold_id, l.sku_id, sum(l.quantity) as quantity
            from shop_order o
            join order_line l on l.bkt = o.bkt and l.order_id = o.order_id
            where o.paid_at is not null and l.stock_fate <> 'RESTOCKED'
              and (o.state <> 'TRADE_CLOSED' or l.stock_fate = 'GONE') group by 1, 2
        ) l on l.hold_id = h.hold_id and l.sku_id = h.sku_id
        where coalesce(h.quantity, 0) <> coalesce(l.quantity, 0) and not exists (
            select 1 from fact_outbox f
            where f.delivered_at is null and (f.body ->> 'hold_id')::bigint = coalesce(h.hold_id, l.hold_id))
        """,
    ),
    check(
        "order.copies", "the shop's copy of every order is as new as the order, unless the fact is on its way",
        """
        select 'order ' || o.order_id as subject, o.version || ' <> ' || coalesce(s.version, 0) as detail
        from shop_order o left join seller_order s on s.order_id = o.order_id
        where o.version <> coalesce(s.version, 0) and not exists (
            select 1 from fact_outbox f where f.owner_id = o.purchase_id and f.delivered_at is null)
        """,
    ),
    check(
        "promotion.counts", "what a promotion has committed and used is what its uses say, and within its limits",
        """
        select 'promotion ' || p.promotion_id as subject,
               p.committed || ' / ' || p.used || ', uses ' || coalesce(u.amount, 0) || ' / ' || coalesce(u.uses, 0) as detail
        from promotion p left join (
            select bkt, promotion_id, sum(amount) as amount, sum(uses) as uses from promotion_use
            where state in ('HELD', 'KEPT') group by bkt, promotion_id
        ) u on u.bkt = p.bkt and u.promotion_id = p.promotion_id
        where p.committed <> coalesce(u.amount, 0) or p.used <> coalesce(u.uses, 0)
           or (p.budget > 0 and p.committed > p.budget) or (p.limit_uses > 0 and p.used > p.limit_uses)
        """,
    ),
    check(
        "voucher.counts", "as many vouchers are claimed as their template says, each by one and there, unless on its way",
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
    check(
        "voucher.locks", "a voucher in use is in an order that is not closed",
        """
        select 'voucher ' || v.voucher_id as subject, v.state || ' for purchase ' || v.purchase_id as detail
        from voucher v where v.state in ('LOCKED', 'USED') and not exists (
            select 1 from shop_order o where o.bkt = v.bkt and o.purchase_id = v.purchase_id
              and o.state not in ('TRADE_CLOSED', 'TRADE_CLOSED_UNPAID') and o.tools -> 'vouchers' @> to_jsonb(v.voucher_id))
        """,
    ),
    check(
        "coins.sum", "a member's coins are the sum of what was entered",
        """
        select 'member ' || coalesce(a.member_id, e.member_id) as subject,
               coalesce(a.balance, 0) || ', entries ' || coalesce(e.amount, 0) as detail
        from coin_account a full join (
            select bkt, member_id, sum(amount) as amount from coin_entry group by bkt, member_id
        ) e on e.bkt = a.bkt and e.member_id = a.member_id where coalesce(a.balance, 0) <> coalesce(e.amount, 0)
        """,
    ),
    check(
        "order.subsidy", "an order's subsidy is the platform's part of its lines' cuts",
        """
        select 'order ' || o.order_id as subject, o.subsidy || ' <> ' || coalesce(c.amount, 0) as detail
        from shop_order o left join lateral (
            select sum((c ->> 'amount')::bigint) as amount from order_line l, jsonb_array_elements(l.cuts) c
            where l.bkt = o.bkt and l.order_id = o.order_id and c ->> 'funder' = 'platform') c on true
        where o.subsidy <> coalesce(c.amount, 0)
        """,
    ),
)  # fmt: skip
