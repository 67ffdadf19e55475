"""What waits, and for what: every order that has not come to its end has exactly one named reason, or `unexplained`.

An operator reads here whether the platform is stuck; the rehearsal asserts that it is not.
"""

import msgspec

from datong.kernel.sql import rows
from datong.kernel.tx import Db


class Waiting(msgspec.Struct, frozen=True):
    """A reason and how many wait for it."""

    reason: str
    count: int


WAITING = rows(
    Waiting,
    """
    select reason, count(*) as count from (
        select case
            when o.open_cases > 0 and exists (select 1 from dispute d join refund_case c on c.bkt = d.bkt and c.case_id = d.case_id
                where c.bkt = o.bkt and c.order_id = o.order_id and d.cs_status in (3, 10)) then 'order: the platform decides'
            when o.open_cases > 0 then 'order: a refund is open'
            when o.state = 'WAIT_BUYER_PAY' and o.due_at is not null then 'order: to be paid'
            when o.state in ('WAIT_SELLER_SEND_GOODS', 'SELLER_CONSIGNED_PART') then 'order: to be sent'
            when o.state = 'WAIT_BUYER_CONFIRM_GOODS' and o.due_at is not null then 'order: to be confirmed'
            else 'unexplained: order ' || o.order_id end as reason
        from shop_order o where o.state not in ('TRADE_FINISHED', 'TRADE_CLOSED', 'TRADE_CLOSED_UNPAID')
        union all
        select 'refund: ' || lower(state) from refund where state <> 'SUCCEEDED'
        union all
        select 'payout: ' || lower(state) from payout where state in ('REQUESTED', 'SENT')
        union all
        select 'appeal: open' from dispute where cs_status = 11
        union all
        select 'shop: owes the platform' from balance where account = 'shop_balance' and amount < 0
        union all
        select 'fact: to be delivered' from fact_outbox where delivered_at is null
    ) as all_that_waits group by reason order by reason limit 1000
    """,
)


async def waiting(db: Db) -> dict[str, int]:
    """How many wait for each reason, in one snapshot."""
    async with db.snapshot() as tx:
        return {each.reason: each.count for each in await tx.all(WAITING)}
