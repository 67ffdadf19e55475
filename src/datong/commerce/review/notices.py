"""Who is notified of reviews and replies."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, first_name, notify_on
from datong.facts.review import ReviewChanged

NOTICES = (
    NoticeKind(key="review_replied", side="member"),
    NoticeKind(key="shop_reviewed", side="shop", right="review:reply"),
)


def _changed(fact: ReviewChanged) -> list[NotificationDraft]:
    if fact.is_new:
        return [NotificationDraft(fact.shop_id, "shop_reviewed", {"review_id": fact.review_id})]
    return [NotificationDraft(fact.member_id, "review_replied", {"order_id": fact.order_id})] if fact.is_reply else []


notify_changed = notify_on(ReviewChanged, _changed, name=first_name(ReviewChanged))
