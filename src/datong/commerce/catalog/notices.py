"""Who is notified of imports."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, first_name, notify_on
from datong.facts.product import ImportEnded

NOTICES = (NoticeKind(key="shop_imported", side="shop", right="product:read"),)


def _ended(fact: ImportEnded) -> list[NotificationDraft]:
    return [NotificationDraft(fact.shop_id, "shop_imported", {"import_id": fact.import_id})]


notify_ended = notify_on(ImportEnded, _ended, name=first_name(ImportEnded))
