"""What the newsletter brings to the house."""

from pathlib import Path

import sqlalchemy as sa

from datong.kernel.fact import Sweep
from datong.kernel.house import Account, Room, collect, collect_facts, collect_reactions
from datong.kernel.timer import timers
from datong_newsletter import facts, invariants, reactions, subscriptions, tables

ROOM = Room(
    name="newsletter",
    wing="consumer",
    uses=("member", "messaging", "payment", "rulebook"),
    tables=collect(sa.Table, tables),
    migrations=Path(__file__).parent / "migrations",
    facts=collect_facts(facts),
    reactions=collect_reactions(reactions),
    sweeps=collect(Sweep, reactions),
    timers=(timers("newsletter_subscription"),),
    invariants=invariants.ALL,
    parameters=(subscriptions.PRICE, subscriptions.DAYS),
    rights={"newsletter:read": ("consumer",)},
    accounts=(Account("newsletter_revenue", "", "what the newsletter has earned"),),
    provides=(*reactions.NOTICES, subscriptions.PAYABLE),
)
