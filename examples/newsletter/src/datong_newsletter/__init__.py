"""A paid newsletter: thirty days for a price, and a member price in the shops meanwhile.

Owns subscriptions, in the member's bucket. Calls `member`, `messaging`, `payment`, `rulebook`. Tells
`SubscriptionPaid`, `SubscriptionEnded`.
"""

from datong_newsletter.subscriptions import (
    KIND,
    Subscription,
    count_subscriptions,
    find_subscription,
    list_subscriptions,
    subscribe,
)

__all__ = [
    "KIND",
    "Subscription",
    "count_subscriptions",
    "find_subscription",
    "list_subscriptions",
    "subscribe",
]
