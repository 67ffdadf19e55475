"""Which shop is notified of what happens to its qualifications."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, notify_on
from datong.facts.qualification import QualificationDecided, QualificationEnded, QualificationExpiryNeared

KINDS = {
    "APPROVED": "shop_qualification_approved",
    "REJECTED": "shop_qualification_rejected",
    "EXPIRING": "shop_qualification_expiring",
    "EXPIRED": "shop_qualification_expired",
    "REVOKED": "shop_qualification_revoked",
}
NOTICES = tuple(NoticeKind(key=key, side="shop", right="qualification:read") for key in KINDS.values())


def _draft(fact: QualificationDecided | QualificationExpiryNeared | QualificationEnded, kind: str) -> NotificationDraft:
    body = {"qualification_id": fact.qualification_id, "kind": fact.kind, "brand_id": fact.brand_id}
    return NotificationDraft(fact.shop_id, kind, body)


def _decided(fact: QualificationDecided) -> list[NotificationDraft]:
    return [_draft(fact, KINDS["APPROVED" if fact.is_approved else "REJECTED"])]


def _neared(fact: QualificationExpiryNeared) -> list[NotificationDraft]:
    return [_draft(fact, KINDS["EXPIRING"])]


def _ended(fact: QualificationEnded) -> list[NotificationDraft]:
    return [_draft(fact, KINDS[fact.state])] if fact.state in KINDS else []


notify_decided = notify_on(QualificationDecided, _decided)
notify_neared = notify_on(QualificationExpiryNeared, _neared)
notify_ended = notify_on(QualificationEnded, _ended)
