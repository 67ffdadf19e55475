"""What messages and notices do on facts: the shop's queue follows, and whoever a fact concerns is told."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from datong.adapters import Adapters
from datong.commerce.messaging.notifications import NotificationDraft, forget_old_notices, notify
from datong.commerce.messaging.projections import copy_chats
from datong.facts import (
    ChatChanged,
    DepositEnded,
    DisputeDecided,
    ImportEnded,
    MemberRegistered,
    OrderChanged,
    OrderClosed,
    OrderFinished,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    PayoutPaid,
    RefundChanged,
    RefundEnded,
    RefundOpened,
    ReviewChanged,
    ShopAdjusted,
    ShopOpened,
    StaffChanged,
    VoucherClaimed,
)
from datong.kernel.fact import AnyReaction, every, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.tx import Tx

CHANGES = {"delivered": "order_delivered", "repriced": "order_repriced"}
SIDES = {"seller": "refund_changed", "buyer": "shop_refund_changed"}


@on_all(ChatChanged, writes=lambda fact: [bucket_of(fact.shop_id)])
async def follow(tx: Tx, facts: Sequence[ChatChanged]) -> None:
    """The shop's copy of a conversation follows it."""
    await copy_chats(tx, [fact.chat_id for fact in facts])


def _tells(fact: type[Any], news: Callable[[Any], Iterable[NotificationDraft]]) -> AnyReaction:
    """Whoever a fact concerns is told of it; nobody with number 0."""

    def concerned(each: Any) -> list[NotificationDraft]:  # noqa: ANN401 - any fact
        return [one for one in news(each) if one.owner_id]

    async def tell(tx: Tx, facts: Sequence[Any]) -> None:
        await notify(tx, [one for each in facts for one in concerned(each)])

    tell.__qualname__ = f"tell_{fact.__name__}"
    return on_all(fact, writes=lambda each: [bucket_of(one.owner_id) for one in concerned(each)])(tell)


def _order(fact: Any, money: Money | None = None) -> dict[str, object]:  # noqa: ANN401 - of an order
    return {"order_id": fact.order_id} | (_amount(money) if money else {})


def _amount(money: Money) -> dict[str, object]:
    return {"amount": money.amount, "currency": money.currency}


def _paid(fact: OrderPaid) -> list[NotificationDraft]:
    body = _order(fact, fact.amount)
    return [
        NotificationDraft(fact.member_id, "order_paid", body),
        NotificationDraft(fact.shop_id, "shop_order_paid", body),
    ]


def _closed(fact: OrderClosed) -> list[NotificationDraft]:
    return [
        NotificationDraft(fact.member_id, "order_closed", _order(fact)),
        NotificationDraft(fact.shop_id, "shop_order_closed", _order(fact)),
    ]


def _changed(fact: OrderChanged) -> list[NotificationDraft]:
    return [NotificationDraft(fact.member_id, CHANGES[fact.change], _order(fact))] if fact.change in CHANGES else []


def _case_changed(fact: RefundChanged) -> list[NotificationDraft]:
    kind = SIDES.get(fact.side, "")
    owner_id = fact.shop_id if kind.startswith("shop_") else fact.member_id
    return [NotificationDraft(owner_id, kind, {"case_id": fact.case_id})] if kind else []


def _decided(fact: DisputeDecided) -> list[NotificationDraft]:
    body: dict[str, object] = {"case_id": fact.case_id}
    return [
        NotificationDraft(fact.member_id, "dispute_decided", body),
        NotificationDraft(fact.shop_id, "shop_dispute_decided", body),
    ]


def _reviewed(fact: ReviewChanged) -> list[NotificationDraft]:
    if fact.is_new:
        return [NotificationDraft(fact.shop_id, "shop_reviewed", {"review_id": fact.review_id})]
    return [NotificationDraft(fact.member_id, "review_replied", {"order_id": fact.order_id})] if fact.is_reply else []


tell_joined = _tells(MemberRegistered, lambda fact: [NotificationDraft(fact.member_id, "welcome", {})])
tell_paid = _tells(OrderPaid, _paid)
tell_shipped = _tells(OrderShipped, lambda fact: [NotificationDraft(fact.member_id, "order_shipped", _order(fact))])
tell_changed = _tells(OrderChanged, _changed)
tell_closed = _tells(OrderClosed, _closed)
tell_finished = _tells(
    OrderFinished, lambda fact: [NotificationDraft(fact.shop_id, "shop_order_finished", _order(fact, fact.earned))]
)
tell_refunded = _tells(
    OrderRefunded, lambda fact: [NotificationDraft(fact.member_id, "order_refunded", _order(fact, fact.amount))]
)
tell_case_opened = _tells(
    RefundOpened,
    lambda fact: [
        NotificationDraft(fact.shop_id, "shop_refund_opened", {"case_id": fact.case_id} | _amount(fact.amount))
    ],
)
tell_case_changed = _tells(RefundChanged, _case_changed)
tell_case_ended = _tells(
    RefundEnded, lambda fact: [NotificationDraft(fact.member_id, "refund_ended", {"case_id": fact.case_id})]
)
tell_decided = _tells(DisputeDecided, _decided)
tell_reviewed = _tells(ReviewChanged, _reviewed)
tell_payout = _tells(
    PayoutPaid, lambda fact: [NotificationDraft(fact.shop_id, "shop_payout_paid", _amount(fact.amount))]
)
tell_opened = _tells(ShopOpened, lambda fact: [NotificationDraft(fact.shop_id, "shop_opened", {})])
tell_deposit_ended = _tells(
    DepositEnded, lambda fact: [NotificationDraft(fact.member_id, "deposit_ended", {"deposit_id": fact.deposit_id})]
)
tell_adjusted = _tells(
    ShopAdjusted,
    lambda fact: [NotificationDraft(fact.shop_id, "shop_adjusted", {"case_id": fact.case_id} | _amount(fact.earned))],
)
tell_imported = _tells(
    ImportEnded, lambda fact: [NotificationDraft(fact.shop_id, "shop_imported", {"import_id": fact.import_id})]
)
tell_staff = _tells(
    StaffChanged,
    lambda fact: [NotificationDraft(fact.member_id, "staff_changed", {"shop_id": fact.shop_id, "role": fact.role})],
)
tell_claimed = _tells(
    VoucherClaimed, lambda fact: [NotificationDraft(fact.member_id, "voucher_claimed", {"voucher_id": fact.voucher_id})]
)


@every(3_600)
async def forget_notices(adapters: Adapters) -> int:
    """Old notices are forgotten."""
    return await forget_old_notices(adapters.db)
