"""Who is notified of vouchers."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, first_name, notify_on
from datong.facts.voucher import VoucherClaimed

NOTICES = (NoticeKind(key="voucher_claimed", side="member"),)


def _claimed(fact: VoucherClaimed) -> list[NotificationDraft]:
    return [NotificationDraft(fact.member_id, "voucher_claimed", {"voucher_id": fact.voucher_id})]


notify_claimed = notify_on(VoucherClaimed, _claimed, name=first_name(VoucherClaimed))
