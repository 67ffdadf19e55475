"""The audit: every identity of the house, checked on the live database in one snapshot, naming the rows that break it.

Source: domain.md §33. This is the one place that reads across rooms' tables: an auditor sees all books and
writes none. Each check answers the rows that break it; an empty answer is good.
"""

import sys
from collections.abc import Sequence

import msgspec

from datong.kernel.sql import Query, rows
from datong.kernel.tx import Db
from datong.settings import Settings

MOST = 20


class Broken(msgspec.Struct, frozen=True):
    """A row that breaks an identity: which thing, and how."""

    subject: str
    detail: str


class Check(msgspec.Struct, frozen=True):
    """An identity and the query for what breaks it."""

    name: str
    says: str
    query: Query[Broken]


def _check(name: str, says: str, text: str) -> Check:
    return Check(name, says, rows(Broken, f"{text} limit {MOST}"))


CHECKS: tuple[Check, ...] = (
    _check(
        "ledger.postings", "the legs of every posting sum to zero",
        """
        select 'posting ' || posting_id as subject, currency || ' ' || sum(amount) as detail
        from ledger_entry group by bkt, posting_id, currency having sum(amount) <> 0
        """,
    ),
    _check(
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
    _check(
        "ledger.sum", "all balances together are zero in every currency",
        "select currency as subject, sum(amount)::text as detail from balance group by currency having sum(amount) <> 0",
    ),
    _check(
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
    _check(
        "ledger.transit", "what is on its way to shops is in facts not yet delivered",
        """
        select 'shop ' || t.owner_id as subject, 'in transit ' || t.amount || ', told ' || coalesce(f.amount, 0) as detail
        from (select owner_id, currency, sum(amount) as amount from balance where account = 'shop_transit'
              group by owner_id, currency) t
        left join (
            select (o.body ->> 'shop_id')::bigint as shop_id, o.body -> 'earned' ->> 'currency' as currency,
                   sum((o.body -> 'earned' ->> 'amount')::bigint) as amount
            from fact_outbox o
            where o.kind in ('OrderFinished', 'DepositEnded', 'OrderRefunded', 'ShopAdjusted') and o.delivered_at is null and not exists (
                select 1 from fact_inbox i where i.fact_id = o.fact_id
                  and i.reaction like 'commerce.payment.reactions.%')
            group by 1, 2
        ) f on f.shop_id = t.owner_id and f.currency = t.currency
        where t.amount <> coalesce(f.amount, 0)
        """,
    ),
    _check(
        "ledger.presale", "a paid deposit is there until its balance is paid, and nothing else is",
        """
        select 'deposit ' || coalesce(d.deposit_id, b.owner_id) as subject,
               coalesce(d.amount, 0) || ', there ' || coalesce(b.amount, 0) as detail
        from (select owner_id, amount from balance where account = 'presale') b
        full join (select deposit_id, amount from deposit where state in ('DEPOSIT_PAID', 'BALANCE_PLACED')) d
            on d.deposit_id = b.owner_id where coalesce(d.amount, 0) <> coalesce(b.amount, 0)
        """,
    ),
    _check(
        "ledger.unapplied", "a paid charge is given to orders or back at once",
        "select 'charge ' || owner_id as subject, amount::text as detail from balance where account = 'unapplied' and amount <> 0",
    ),
    _check(
        "ledger.refunds", "what is due to buyers is in refunds not yet sent",
        """
        select 'refund ' || r.refund_id as subject, r.state || ' ' || r.amount || ', due ' || coalesce(b.amount, 0) as detail
        from refund r left join balance b on b.bkt = r.bkt and b.account = 'refund_due' and b.owner_id = r.refund_id
        where coalesce(b.amount, 0) <> case when r.state = 'SUCCEEDED' then 0 else r.amount end
        """,
    ),
    _check(
        "ledger.payouts", "what is due to shops' banks is in payouts not yet sent",
        """
        select 'payout ' || p.payout_id as subject, p.state || ' ' || p.amount || ', due ' || coalesce(b.amount, 0) as detail
        from payout p left join balance b on b.bkt = p.bkt and b.account = 'payout_due' and b.owner_id = p.payout_id
        where coalesce(b.amount, 0) <> case when p.state in ('PAID', 'DECLINED') then 0 else p.amount end
        """,
    ),
    _check(
        "charge.parts", "the shares of a charge sum to it",
        """
        select 'charge ' || c.charge_id as subject, c.amount || ' <> ' || coalesce(sum(p.amount), 0) as detail
        from charge c left join charge_part p on p.bkt = c.bkt and p.charge_id = c.charge_id
        group by c.bkt, c.charge_id, c.amount having c.amount <> coalesce(sum(p.amount), 0)
        """,
    ),
    _check(
        "order.lines", "an order is its lines plus freight; its commission is its lines'",
        """
        select 'order ' || o.order_id as subject, 'payable ' || o.payable || ', lines ' || coalesce(sum(l.payable), 0) as detail
        from shop_order o left join order_line l on l.bkt = o.bkt and l.order_id = o.order_id
        group by o.bkt, o.order_id, o.payable, o.freight, o.goods, o.commission
        having o.payable <> coalesce(sum(l.payable), 0) + o.freight or o.goods <> coalesce(sum(l.goods), 0)
            or o.commission <> coalesce(sum(l.commission), 0)
        """,
    ),
    _check(
        "order.purchases", "a purchase is its orders",
        """
        select 'purchase ' || p.purchase_id as subject, p.total || ' <> ' || coalesce(sum(o.payable), 0) as detail
        from purchase p left join shop_order o on o.bkt = p.bkt and o.purchase_id = p.purchase_id
        group by p.bkt, p.purchase_id, p.total having p.total <> coalesce(sum(o.payable), 0)
        """,
    ),
    _check(
        "order.cuts", "a line's cuts are exactly what its goods cost less",
        """
        select 'line ' || line_id as subject, goods || ' - ' || payable as detail from order_line l
        where goods - payable <> (select coalesce(sum((c ->> 'amount')::bigint), 0) from jsonb_array_elements(cuts) c)
        """,
    ),
    _check(
        "order.paid", "every paid order was paid by a charge, and only paid ones were",
        """
        select 'order ' || o.order_id as subject, o.state as detail from shop_order o
        where (o.paid_at is not null) <> exists (
            select 1 from ledger_entry e
            where e.bkt = o.bkt and e.account = 'escrow' and e.owner_id = o.order_id and e.kind = 'order_paid')
        """,
    ),
    _check(
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
    _check(
        "stock.received", "held + free + sold is what was received, entry by entry",
        """
        select 'sku ' || s.sku_id as subject, s.received || ' <> ' || coalesce(e.quantity, 0) as detail
        from stock s left join (select bkt, sku_id, sum(quantity) as quantity from stock_entry group by bkt, sku_id) e
            on e.bkt = s.bkt and e.sku_id = s.sku_id
        where s.received <> coalesce(e.quantity, 0) or s.on_hand + s.sold <> s.received
        """,
    ),
    _check(
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
    _check(
        "order.copies", "the shop's copy of every order is as new as the order, unless the fact is on its way",
        """
        select 'order ' || o.order_id as subject, o.version || ' <> ' || coalesce(s.version, 0) as detail
        from shop_order o left join seller_order s on s.order_id = o.order_id
        where o.version <> coalesce(s.version, 0) and not exists (
            select 1 from fact_outbox f where f.owner_id = o.purchase_id and f.delivered_at is null)
        """,
    ),
    _check(
        "promotion.counts", "what a promotion has committed and used is what its uses say, and within its limits",
        """
        select 'promotion ' || p.promotion_id as subject,
               p.committed || ' / ' || p.used || ', uses ' || coalesce(u.amount, 0) || ' / ' || coalesce(u.uses, 0) as detail
        from promotion p left join (
            select bkt, promotion_id, sum(amount) as amount, sum(uses) as uses from promotion_use
            where state in ('HELD', 'KEPT') group by bkt, promotion_id
        ) u on u.bkt = p.bkt and u.promotion_id = p.promotion_id
        where p.committed <> coalesce(u.amount, 0) or p.used <> coalesce(u.uses, 0)
        """,
    ),
    _check(
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
    _check(
        "voucher.locks", "a voucher in use is in an order that is not closed",
        """
        select 'voucher ' || v.voucher_id as subject, v.state || ' for purchase ' || v.purchase_id as detail
        from voucher v where v.state in ('LOCKED', 'USED') and not exists (
            select 1 from shop_order o where o.bkt = v.bkt and o.purchase_id = v.purchase_id
              and o.state not in ('TRADE_CLOSED', 'TRADE_CLOSED_UNPAID') and o.tools -> 'vouchers' @> to_jsonb(v.voucher_id))
        """,
    ),
    _check(
        "coins.sum", "a member's coins are the sum of what was entered",
        """
        select 'member ' || coalesce(a.member_id, e.member_id) as subject,
               coalesce(a.balance, 0) || ', entries ' || coalesce(e.amount, 0) as detail
        from coin_account a full join (
            select bkt, member_id, sum(amount) as amount from coin_entry group by bkt, member_id
        ) e on e.bkt = a.bkt and e.member_id = a.member_id where coalesce(a.balance, 0) <> coalesce(e.amount, 0)
        """,
    ),
    _check(
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
    _check(
        "order.subsidy", "an order's subsidy is the platform's part of its lines' cuts",
        """
        select 'order ' || o.order_id as subject, o.subsidy || ' <> ' || coalesce(c.amount, 0) as detail
        from shop_order o left join lateral (
            select sum((c ->> 'amount')::bigint) as amount from order_line l, jsonb_array_elements(l.cuts) c
            where l.bkt = o.bkt and l.order_id = o.order_id and c ->> 'funder' = 'platform') c on true
        where o.subsidy <> coalesce(c.amount, 0)
        """,
    ),
    _check(
        "refund.lines", "what was given back of an order is what was given back of its lines, and of its freight",
        """
        select 'order ' || o.order_id as subject, o.refunded || ', lines ' || coalesce(sum(l.refunded), 0) as detail
        from shop_order o join order_line l on l.bkt = o.bkt and l.order_id = o.order_id
        where o.refunded > 0 or l.refunded > 0 group by o.bkt, o.order_id, o.refunded, o.freight
        having o.refunded - sum(l.refunded) not between 0 and o.freight
        """,
    ),
    _check(
        "refund.cases", "what was given back of an order is what its cases gave back, and as many are open as it says",
        """
        select 'order ' || o.order_id as subject, o.refunded || ' / ' || o.open_cases || ', cases '
               || coalesce(sum(c.paid_back), 0) || ' / ' || count(c.case_id) filter (where c.ended_at is null) as detail
        from shop_order o left join refund_case c on c.bkt = o.bkt and c.order_id = o.order_id
        where o.refunded > 0 or o.open_cases > 0 or c.case_id is not null
        group by o.bkt, o.order_id, o.refunded, o.open_cases
        having o.refunded <> coalesce(sum(c.paid_back), 0)
            or o.open_cases <> count(c.case_id) filter (where c.ended_at is null)
        """,
    ),
    _check(
        "refund.paid", "every case that gave money back has gateway refunds for exactly that, and for nothing else",
        """
        select 'case ' || c.case_id as subject, c.paid_back || ' <> ' || coalesce(r.amount, 0) as detail
        from refund_case c left join (
            select bkt, case_id, sum(amount) as amount from refund where case_id <> 0 and not is_extra group by bkt, case_id
        ) r on r.bkt = c.bkt and r.case_id = c.case_id where c.paid_back <> coalesce(r.amount, 0)
        """,
    ),
    _check(
        "refund.clocks", "an open case has a clock, or the platform is deciding it",
        """
        select 'case ' || c.case_id as subject, c.state as detail from refund_case c
        where c.ended_at is null and c.due_at is null and not exists (
            select 1 from dispute d where d.bkt = c.bkt and d.case_id = c.case_id and d.cs_status in (3, 10))
        """,
    ),
    _check(
        "refund.copies", "the shop's copy of every case is as new as the case, unless the fact is on its way",
        """
        select 'case ' || c.case_id as subject, c.version || ' <> ' || coalesce(s.version, 0) as detail
        from refund_case c left join seller_case s on s.case_id = c.case_id
        where c.version <> coalesce(s.version, 0) and not exists (
            select 1 from fact_outbox f where f.owner_id = c.purchase_id and f.delivered_at is null)
        """,
    ),
    _check(
        "ledger.goodwill", "goodwill is what disputes gave, and within what was reserved for it",
        """
        select 'goodwill' as subject, g.spent || ', disputes ' || d.given || ', reserved ' || r.reserved as detail
        from (select coalesce(-sum(amount), 0) as spent from balance where account = 'goodwill') g,
             (select coalesce(sum(goodwill + compensated), 0) as given from dispute) d,
             (select coalesce(sum(spent), 0) as reserved from goodwill_month) r
        where g.spent <> d.given or d.given > r.reserved
        """,
    ),
    _check(
        "facts.dead", "no fact is a dead letter",
        "select kind || ' ' || fact_id as subject, reason as detail from fact_outbox where dead_at is not null",
    ),
    _check(
        "facts.late", "no fact waits for more than ten minutes",
        """
        select kind || ' ' || fact_id as subject, told_at::text as detail from fact_outbox
        where delivered_at is null and dead_at is null and told_at < $1::timestamptz - interval '10 minutes'
        """,
    ),
    _check(
        "timers.overdue", "no clock of an order, a refund case or a dispute ran out more than ten minutes ago",
        """
        select 'order ' || order_id as subject, state || ' ' || due_at as detail from shop_order
        where due_at < $1::timestamptz - interval '10 minutes'
        union all select 'case ' || case_id, state || ' ' || due_at from refund_case
        where due_at < $1::timestamptz - interval '10 minutes'
        union all select 'dispute of case ' || case_id, cs_status || ' ' || due_at from dispute
        where due_at < $1::timestamptz - interval '10 minutes' and cs_status in (8, 9, 10)
        """,
    ),
)  # fmt: skip
NEEDS_NOW = frozenset({"facts.late", "timers.overdue"})


async def audit(db: Db) -> dict[str, list[Broken]]:
    """Run every check in one snapshot; answers the broken identities with up to 20 rows each."""
    found: dict[str, list[Broken]] = {}
    async with db.snapshot() as tx:
        for check in CHECKS:
            args: Sequence[object] = (tx.now,) if check.name in NEEDS_NOW else ()
            if broken := await tx.all(check.query, *args):
                found[check.name] = broken
    return found


async def audit_and_print(_: Settings, db: Db) -> int:
    """For the command line: a line a check, the rows that break it, exit 1 if any does."""
    found = await audit(db)
    for check in CHECKS:
        broken = found.get(check.name, [])
        print(f"{'BROKEN' if broken else 'ok    '} {check.name:<18} {check.says}")  # noqa: T201
        for row in broken:
            print(f"         {row.subject}: {row.detail}")  # noqa: T201
    print(f"{len(CHECKS) - len(found)} of {len(CHECKS)} identities hold", file=sys.stderr)  # noqa: T201
    return 1 if found else 0
