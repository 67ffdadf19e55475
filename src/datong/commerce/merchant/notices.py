"""Who is notified of what happens to a shop and its staff."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, first_name, notify_on
from datong.facts.merchant import ApplicationEnded, ShopOpened, StaffChanged

NOTICES = (
    NoticeKind(key="staff_changed", side="member"),
    NoticeKind(key="shop_opened", side="shop", right="shop:read"),
    NoticeKind(key="shop_application_ended", side="shop", right="shop:read"),
)


def _opened(fact: ShopOpened) -> list[NotificationDraft]:
    return [NotificationDraft(fact.shop_id, "shop_opened", {})]


def _ended(fact: ApplicationEnded) -> list[NotificationDraft]:
    return [NotificationDraft(fact.shop_id, "shop_application_ended", {})]


def _staff_changed(fact: StaffChanged) -> list[NotificationDraft]:
    return [NotificationDraft(fact.member_id, "staff_changed", {"shop_id": fact.shop_id, "role": fact.role})]


notify_opened = notify_on(ShopOpened, _opened, name=first_name(ShopOpened))
notify_staff = notify_on(StaffChanged, _staff_changed, name=first_name(StaffChanged))
notify_ended = notify_on(ApplicationEnded, _ended, name=first_name(ApplicationEnded))
