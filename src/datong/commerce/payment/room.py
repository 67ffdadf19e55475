"""What the room `payment` brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.commerce.payment import account_check, invariants, notices, payouts, reactions, tables, timers
from datong.commerce.payment.accounts import ACCOUNTS, overdraft_function
from datong.commerce.rulebook import declared
from datong.facts import payment as facts
from datong.kernel.fact import Sweep
from datong.kernel.house import Room, collect, collect_facts, collect_reactions
from datong.kernel.invariants import waiting_for

ROOM = Room(
    name="payment",
    wing="commerce",
    uses=("messaging", "merchant", "rulebook", "storefront", "verification"),
    tables=collect(sa.Table, tables),
    functions=("ledger_may_overdraw", "ledger_move", "ledger_post"),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions, notices),
    sweeps=collect(Sweep, reactions),
    timers=(timers.TIMERS,),
    invariants=invariants.ALL,
    waiting=(
        waiting_for(
            """
            select 'refund: ' || lower(state) as reason from refund where state <> 'SUCCEEDED'
            union all select 'payout: ' || lower(state) from payout where state in ('REQUESTED', 'SENT')
            union all select 'shop: owes the platform' from balance where account = 'shop_balance' and amount < 0
            """
        ),
    ),
    parameters=declared("payment", account_check, payouts),
    rights={
        "balance:read": ("owner", "manager", "accountant"),
        "payout:request": ("owner", "accountant"),
        "ledger:read": ("platform",),
        "dues:record": ("platform",),
        "refund:resend": ("platform",),
    },
    provides=notices.NOTICES,
    accounts=ACCOUNTS,
    derived=overdraft_function,
)
