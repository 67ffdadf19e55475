"""What the room `order` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.order import (
    deposits,
    invariants,
    notices,
    presales,
    reactions,
    states,
    tables,
    timers,
)
from datong.commerce.order.expiry import GOODS
from datong.commerce.order.pay_purchase import PAYABLE
from datong.commerce.order.place_purchase import UNPAID_ORDERS
from datong.commerce.order.storefront_use import OPEN_ORDERS
from datong.commerce.rulebook import declared
from datong.facts import order as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions
from datong.kernel.invariants import waiting_for

ROOM = Room(
    name="order",
    wing="commerce",
    uses=(
        "messaging",
        "cart",
        "catalog",
        "fulfilment",
        "inventory",
        "member",
        "merchant",
        "payment",
        "pricing",
        "rulebook",
        "storefront",
        "voucher",
    ),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    functions=("order_copy", "order_leave_deposits", "order_place", "order_take_deposits"),
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    invariants=invariants.ALL,
    waiting=(
        waiting_for(
            """
            select case
                when o.open_cases > 0 then 'order: a refund case is open'
                when o.state = 'WAIT_BUYER_PAY' and o.due_at is not null then 'order: to be paid'
                when o.state in ('WAIT_SELLER_SEND_GOODS', 'SELLER_CONSIGNED_PART') then 'order: to be sent'
                when o.state = 'WAIT_BUYER_CONFIRM_GOODS' and o.due_at is not null then 'order: to be confirmed'
                else 'unexplained: order ' || o.order_id end as reason
            from shop_order o where o.state not in ('TRADE_FINISHED', 'TRADE_CLOSED', 'TRADE_CLOSED_UNPAID')
            """
        ),
    ),
    parameters=(*declared("order", deposits, presales, states), UNPAID_ORDERS),
    rights={
        "order:read": ("owner", "manager", "shipper", "support", "accountant", "platform"),
        "order:ship": ("owner", "manager", "shipper"),
        "order:price": ("owner", "manager"),
        "order:close": ("owner", "manager"),
    },
    provides=(*notices.NOTICES, GOODS, PAYABLE, deposits.PAYABLE, OPEN_ORDERS),
)
