"""Which shop is notified of what a provider said."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, notify_on
from datong.facts.verification import VerificationDecided

NOTICES = (
    NoticeKind(key="shop_identity_verified", side="shop", right="verification:read"),
    NoticeKind(key="shop_identity_refused", side="shop", right="verification:read"),
    NoticeKind(key="shop_account_verified", side="shop", right="verification:read"),
    NoticeKind(key="shop_account_refused", side="shop", right="verification:read"),
)


def _decided(fact: VerificationDecided) -> list[NotificationDraft]:
    outcome = "verified" if fact.is_verified else "refused"
    return [NotificationDraft(fact.shop_id, f"shop_{fact.kind}_{outcome}", {"verification_id": fact.verification_id})]


notify_decided = notify_on(VerificationDecided, _decided)
