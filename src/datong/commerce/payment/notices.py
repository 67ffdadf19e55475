"""Who is notified of payouts."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, first_name, notify_on
from datong.facts.payment import PayoutPaid

NOTICES = (NoticeKind(key="shop_payout_paid", side="shop", right="balance:read"),)


def _paid(fact: PayoutPaid) -> list[NotificationDraft]:
    body: dict[str, object] = {"amount": fact.amount.amount, "currency": fact.amount.currency}
    return [NotificationDraft(fact.shop_id, "shop_payout_paid", body)]


notify_paid = notify_on(PayoutPaid, _paid, name=first_name(PayoutPaid))
