"""Who is notified of what happens to orders and deposits."""

from datong.commerce.messaging import NoticeKind, NotificationDraft, first_name, notify_on
from datong.facts.order import (
    DepositEnded,
    OrderChanged,
    OrderClosed,
    OrderFinished,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
)
from datong.kernel.money import Money

NOTICES = (
    NoticeKind(key="order_paid", side="member"),
    NoticeKind(key="order_shipped", side="member"),
    NoticeKind(key="order_ready", side="member"),
    NoticeKind(key="order_contents", side="member"),
    NoticeKind(key="order_performed", side="member"),
    NoticeKind(key="order_collected", side="member"),
    NoticeKind(key="order_delivered", side="member"),
    NoticeKind(key="order_repriced", side="member"),
    NoticeKind(key="order_ship_late", side="member"),
    NoticeKind(key="order_closed", side="member"),
    NoticeKind(key="order_refunded", side="member"),
    NoticeKind(key="deposit_ended", side="member"),
    NoticeKind(key="shop_order_paid", side="shop", right="order:read"),
    NoticeKind(key="shop_ship_late", side="shop", right="order:read"),
    NoticeKind(key="shop_unsent_refunded", side="shop", right="order:read"),
    NoticeKind(key="shop_order_closed", side="shop", right="order:read"),
    NoticeKind(key="shop_order_finished", side="shop", right="order:read"),
)


CHANGES = {
    "delivered": "order_delivered", "repriced": "order_repriced", "collected": "order_collected",
    "ship_late": "order_ship_late",
}  # fmt: skip
SHOP_CHANGES = {"ship_late": "shop_ship_late", "unsent_refunded": "shop_unsent_refunded"}
HANDED_OVER = {
    "parcel": "order_shipped", "pickup": "order_ready", "digital": "order_contents", "service": "order_performed",
}  # fmt: skip
"""The notice of a hand-over by its method; of others (and of what is not handed over at all) there is none."""


def _body(order_id: int, money: Money | None = None) -> dict[str, object]:
    return {"order_id": order_id} | ({"amount": money.amount, "currency": money.currency} if money else {})


def _paid(fact: OrderPaid) -> list[NotificationDraft]:
    body = _body(fact.order_id, fact.amount)
    return [
        NotificationDraft(fact.member_id, "order_paid", body),
        NotificationDraft(fact.shop_id, "shop_order_paid", body),
    ]


def _closed(fact: OrderClosed) -> list[NotificationDraft]:
    body = _body(fact.order_id)
    return [
        NotificationDraft(fact.member_id, "order_closed", body),
        NotificationDraft(fact.shop_id, "shop_order_closed", body),
    ]


def _changed(fact: OrderChanged) -> list[NotificationDraft]:
    told = [(fact.member_id, CHANGES), (fact.shop_id, SHOP_CHANGES)]
    return [
        NotificationDraft(owner_id, kinds[fact.change], _body(fact.order_id))
        for owner_id, kinds in told
        if fact.change in kinds
    ]


def _shipped(fact: OrderShipped) -> list[NotificationDraft]:
    kind = HANDED_OVER.get(fact.method)
    return [NotificationDraft(fact.member_id, kind, _body(fact.order_id))] if kind else []


def _finished(fact: OrderFinished) -> list[NotificationDraft]:
    return [NotificationDraft(fact.shop_id, "shop_order_finished", _body(fact.order_id, fact.earned))]


def _refunded(fact: OrderRefunded) -> list[NotificationDraft]:
    if not fact.amount.amount:
        return []  # a gift that was not sent
    return [NotificationDraft(fact.member_id, "order_refunded", _body(fact.order_id, fact.amount))]


def _deposit_ended(fact: DepositEnded) -> list[NotificationDraft]:
    return [NotificationDraft(fact.member_id, "deposit_ended", {"deposit_id": fact.deposit_id})]


notify_paid = notify_on(OrderPaid, _paid, name=first_name(OrderPaid))
notify_shipped = notify_on(OrderShipped, _shipped, name=first_name(OrderShipped))
notify_changed = notify_on(OrderChanged, _changed, name=first_name(OrderChanged))
notify_closed = notify_on(OrderClosed, _closed, name=first_name(OrderClosed))
notify_finished = notify_on(OrderFinished, _finished, name=first_name(OrderFinished))
notify_refunded = notify_on(OrderRefunded, _refunded, name=first_name(OrderRefunded))
notify_deposit_ended = notify_on(DepositEnded, _deposit_ended, name=first_name(DepositEnded))
