"""Until when a paid order is to be sent: the promise, the last day's warning, and when it goes back.

Counted from the payment, under the rules in force then. Source: domain.md §3 (ship promise); what follows it is DESIGN.
"""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.order.states import SHIP_PROMISE_HOURS, UNSENT_REFUND_DAYS
from datong.commerce.rulebook import Rules, Scope, get_rules
from datong.kernel.tx import Tx

LAST_WARNING = timedelta(days=1)


class ShipDates(msgspec.Struct, frozen=True):
    """The instants at which the clock of an unsent order fires."""

    promised_at: datetime
    """Both sides are reminded."""
    warned_at: datetime
    """Both sides are reminded once more."""
    ends_at: datetime
    """What was not sent goes back to the buyer."""

    def after(self, now: datetime) -> datetime:
        """When the clock fires next; the end, once nothing else is ahead."""
        return next((each for each in (self.promised_at, self.warned_at) if each > now), self.ends_at)


def promised_by(rules: Rules, storefront_id: int, paid_at: datetime) -> datetime:
    """Until when the shop promises to send what was paid then."""
    hours = rules.value(SHIP_PROMISE_HOURS, paid_at, Scope(storefront_id=storefront_id))
    return paid_at + timedelta(hours=hours)


async def ship_dates(tx: Tx, storefront_id: int, paid_at: datetime) -> ShipDates:
    """The dates of an order of a storefront that was paid then."""
    rules = await get_rules(tx)
    promised = promised_by(rules, storefront_id, paid_at)
    days = rules.value(UNSENT_REFUND_DAYS, paid_at, Scope(storefront_id=storefront_id))
    ends = promised + timedelta(days=days)
    return ShipDates(promised, ends - LAST_WARNING, ends)
