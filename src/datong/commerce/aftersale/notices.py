"""Who is notified of what happens to refund cases and disputes."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, first_name, notify_on
from datong.facts.aftersale import DisputeDecided, RefundChanged, RefundEnded, RefundOpened, ShopAdjusted
from datong.kernel.money import Money

NOTICES = (
    NoticeKind(key="refund_changed", side="member"),
    NoticeKind(key="refund_ended", side="member"),
    NoticeKind(key="dispute_late", side="member"),
    NoticeKind(key="dispute_decided", side="member"),
    NoticeKind(key="shop_refund_opened", side="shop", right="refund:read"),
    NoticeKind(key="shop_refund_changed", side="shop", right="refund:read"),
    NoticeKind(key="shop_dispute_late", side="shop", right="refund:read"),
    NoticeKind(key="shop_dispute_decided", side="shop", right="refund:read"),
    NoticeKind(key="shop_adjusted", side="shop", right="balance:read"),
)


SIDES = {"seller": "refund_changed", "buyer": "shop_refund_changed"}


def _amount(money: Money) -> dict[str, object]:
    return {"amount": money.amount, "currency": money.currency}


def _opened(fact: RefundOpened) -> list[NotificationDraft]:
    return [NotificationDraft(fact.shop_id, "shop_refund_opened", {"case_id": fact.case_id} | _amount(fact.amount))]


def _changed(fact: RefundChanged) -> list[NotificationDraft]:
    if fact.side == "late":
        owners = {"dispute_late": fact.member_id, "shop_dispute_late": fact.shop_id}
        return [NotificationDraft(owner_id, kind, {"case_id": fact.case_id}) for kind, owner_id in owners.items()]
    kind = SIDES.get(fact.side, "")
    owner_id = fact.shop_id if kind.startswith("shop_") else fact.member_id
    return [NotificationDraft(owner_id, kind, {"case_id": fact.case_id})] if kind else []


def _ended(fact: RefundEnded) -> list[NotificationDraft]:
    return [NotificationDraft(fact.member_id, "refund_ended", {"case_id": fact.case_id})]


def _decided(fact: DisputeDecided) -> list[NotificationDraft]:
    body: dict[str, object] = {"case_id": fact.case_id}
    return [
        NotificationDraft(fact.member_id, "dispute_decided", body),
        NotificationDraft(fact.shop_id, "shop_dispute_decided", body),
    ]


def _adjusted(fact: ShopAdjusted) -> list[NotificationDraft]:
    return [NotificationDraft(fact.shop_id, "shop_adjusted", {"case_id": fact.case_id} | _amount(fact.earned))]


notify_opened = notify_on(RefundOpened, _opened, name=first_name(RefundOpened))
notify_changed = notify_on(RefundChanged, _changed, name=first_name(RefundChanged))
notify_ended = notify_on(RefundEnded, _ended, name=first_name(RefundEnded))
notify_decided = notify_on(DisputeDecided, _decided, name=first_name(DisputeDecided))
notify_adjusted = notify_on(ShopAdjusted, _adjusted, name=first_name(ShopAdjusted))
