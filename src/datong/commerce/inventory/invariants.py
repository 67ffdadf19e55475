"""Invariants of stock and holds."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "stock.holds", "what stock says is held and sold is what holds say",
        """
        select 'sku ' || s.sku_id as subject,
               'held ' || s.held || '/' || coalesce(h.held, 0) || ', sold ' || s.sold || '/' || coalesce(h.sold, 0)
                   as detail
        from stock s left join (
            select bkt, sku_id, sum(quantity) filter (where state in ('HELD', 'BOUND')) as held,
                   sum(quantity) filter (where state = 'SOLD') as sold
            from hold group by bkt, sku_id
        ) h on h.bkt = s.bkt and h.sku_id = s.sku_id
        where s.held <> coalesce(h.held, 0) or s.sold <> coalesce(h.sold, 0)
        """,
    ),
    invariant(
        "stock.received", "held + free + sold is what was received, entry by entry",
        """
        select 'sku ' || s.sku_id as subject, s.received || ' <> ' || coalesce(e.quantity, 0) as detail
        from stock s left join (select bkt, sku_id, sum(quantity) as quantity from stock_entry group by bkt, sku_id) e
            on e.bkt = s.bkt and e.sku_id = s.sku_id
        where s.received <> coalesce(e.quantity, 0) or s.on_hand + s.sold <> s.received
        """,
    ),
)  # fmt: skip
