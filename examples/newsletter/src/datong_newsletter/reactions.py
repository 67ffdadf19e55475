"""What the newsletter does on facts and by the clock."""

from datong.adapters import Adapters
from datong.commerce.messaging import NoticeKind, NotificationDraft, notify_on
from datong.kernel.fact import every
from datong_newsletter.facts import SubscriptionEnded, SubscriptionPaid
from datong_newsletter.subscriptions import end_due

NOTICES = (NoticeKind(key="newsletter_paid", side="member"), NoticeKind(key="newsletter_ended", side="member"))


def _paid(fact: SubscriptionPaid) -> list[NotificationDraft]:
    body: dict[str, object] = {"amount": fact.amount.amount, "currency": fact.amount.currency}
    return [NotificationDraft(fact.member_id, "newsletter_paid", body)]


def _ended(fact: SubscriptionEnded) -> list[NotificationDraft]:
    return [NotificationDraft(fact.member_id, "newsletter_ended", {})]


notify_paid = notify_on(SubscriptionPaid, _paid)
notify_ended = notify_on(SubscriptionEnded, _ended)


@every(60)
async def due_subscriptions(adapters: Adapters) -> int:
    """Subscriptions whose period is over end."""
    return await end_due(adapters.db)
