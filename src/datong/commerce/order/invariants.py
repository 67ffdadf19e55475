"""Invariants of orders: sums, copies, escrow, and the stock and vouchers that they hold."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "order.lines", "an order is its lines plus freight; its commission is its lines'",
        """
        select 'order ' || o.order_id as subject, 'payable ' || o.payable || ', lines ' || coalesce(sum(l.payable), 0)
            as detail
        from shop_order o left join order_line l on l.bkt = o.bkt and l.order_id = o.order_id
        group by o.bkt, o.order_id, o.payable, o.freight, o.goods, o.commission
        having o.payable <> coalesce(sum(l.payable), 0) + o.freight or o.goods <> coalesce(sum(l.goods), 0)
            or o.commission <> coalesce(sum(l.commission), 0)
        """,
    ),
    invariant(
        "order.purchases", "a purchase is its orders",
        """
        select 'purchase ' || p.purchase_id as subject, p.total || ' <> ' || coalesce(sum(o.payable), 0) as detail
        from purchase p left join shop_order o on o.bkt = p.bkt and o.purchase_id = p.purchase_id
        group by p.bkt, p.purchase_id, p.total having p.total <> coalesce(sum(o.payable), 0)
        """,
    ),
    invariant(
        "order.cuts", "a line's cuts are exactly what its goods cost less",
        """
        select 'line ' || line_id as subject, goods || ' - ' || payable as detail from order_line l
        where goods - payable <> (select coalesce(sum((c ->> 'amount')::bigint), 0) from jsonb_array_elements(cuts) c)
        """,
    ),
    invariant(
        "order.paid", "every paid order was paid by a charge, and only paid ones were",
        """
        select 'order ' || o.order_id as subject, o.state as detail from shop_order o
        where (o.paid_at is not null) <> exists (
            select 1 from ledger_entry e
            where e.bkt = o.bkt and e.account = 'escrow' and e.owner_id = o.order_id and e.kind = 'order_paid')
        """,
    ),
    invariant(
        "order.copies", "the shop's copy of every order is as new as the order, unless the fact is on its way",
        """
        select 'order ' || o.order_id as subject, o.version || ' <> ' || coalesce(s.version, 0) as detail
        from shop_order o left join seller_order s on s.order_id = o.order_id
        where o.version is distinct from s.version and not exists (
            select 1 from fact_outbox f where f.owner_id = o.purchase_id and f.delivered_at is null)
        """,
    ),
    invariant(
        "order.subsidy", "an order's subsidy is the platform's part of its lines' cuts",
        """
        select 'order ' || o.order_id as subject, o.subsidy || ' <> ' || coalesce(c.amount, 0) as detail
        from shop_order o left join lateral (
            select sum((c ->> 'amount')::bigint) as amount from order_line l, jsonb_array_elements(l.cuts) c
            where l.bkt = o.bkt and l.order_id = o.order_id and c ->> 'funder' = 'platform') c on true
        where o.subsidy <> coalesce(c.amount, 0)
        """,
    ),
    invariant(
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
    invariant(
        "voucher.locks", "a voucher in use is in an order that is not closed",
        """
        select 'voucher ' || v.voucher_id as subject, v.state || ' for purchase ' || v.purchase_id as detail
        from voucher v where v.state in ('LOCKED', 'USED') and not exists (
            select 1 from shop_order o where o.bkt = v.bkt and o.purchase_id = v.purchase_id
              and o.state not in ('TRADE_CLOSED', 'TRADE_CLOSED_UNPAID')
                  and o.tools -> 'vouchers' @> to_jsonb(v.voucher_id))
        """,
    ),
    invariant(
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
    invariant(
        "ledger.presale", "a paid deposit is there until its balance is paid, and nothing else is",
        """
        select 'deposit ' || coalesce(d.deposit_id, b.owner_id) as subject,
               coalesce(d.amount, 0) || ', there ' || coalesce(b.amount, 0) as detail
        from (select owner_id, amount from balance where account = 'presale') b
        full join (select deposit_id, amount from deposit where state in ('DEPOSIT_PAID', 'BALANCE_PLACED')) d
            on d.deposit_id = b.owner_id where coalesce(d.amount, 0) <> coalesce(b.amount, 0)
        """,
    ),
    invariant(
        "ledger.subsidy", "what the platform paid shops for lower prices is its part of the cuts of finished orders",
        """
        select 'currency ' || coalesce(b.currency, o.currency) as subject,
               coalesce(b.amount, 0) || ', orders ' || coalesce(o.amount, 0) as detail
        from (select currency, -sum(amount) as amount from balance where account = 'subsidy' group by currency) b
        full join (
            select currency, sum(subsidy - subsidy_undone) as amount from shop_order where state = 'TRADE_FINISHED'
                group by currency
        ) o on o.currency = b.currency where coalesce(b.amount, 0) <> coalesce(o.amount, 0)
        """,
    ),
    invariant(
        # A process of the release before leaves orders that it takes the payment of without one, for a minute.
        "order.clocks", "an open order has a clock, or an open refund case that stopped it",
        """
        select 'order ' || order_id as subject, state as detail from shop_order
        where state not in ('TRADE_FINISHED', 'TRADE_CLOSED', 'TRADE_CLOSED_UNPAID') and due_at is null
            and (paused_at is null or open_cases = 0)
            and coalesce(paid_at, placed_at) < $1::timestamptz - interval '10 minutes'
        """, needs_now=True,
    ),
    invariant(
        "timers.orders", "no clock of an order ran out more than ten minutes ago",
        """
        select 'order ' || order_id as subject, state || ' ' || due_at as detail from shop_order
        where due_at < $1::timestamptz - interval '10 minutes'
        """, needs_now=True,
    ),
    invariant(
        "order.parts", "what went to others of finished orders is what was frozen for them, less what was given back",
        """
        select 'order ' || coalesce(o.order_id, e.ref_id) as subject,
               coalesce(o.amount, 0) || ', entries ' || coalesce(e.amount, 0) as detail
        from (
            select l.bkt, l.order_id, sum((p ->> 'amount')::bigint
                - case when l.payable = 0 then 0 else (p ->> 'amount')::bigint * l.refunded / l.payable end) as amount
            from order_line l join shop_order s on s.bkt = l.bkt and s.order_id = l.order_id and s.state =
                'TRADE_FINISHED',
                 jsonb_array_elements(l.parts) p
            group by l.bkt, l.order_id
        ) o full join (
            select e.bkt, e.ref_id, sum(e.amount) as amount from ledger_entry e
            where e.kind in ('order_finished', 'settled_refunded')
              and e.account not in ('escrow', 'commission', 'shop_transit', 'subsidy', 'refund_due')
            group by e.bkt, e.ref_id
        ) e on e.bkt = o.bkt and e.ref_id = o.order_id where coalesce(o.amount, 0) <> coalesce(e.amount, 0)
        """,
    ),
)  # fmt: skip
