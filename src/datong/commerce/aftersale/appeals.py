"""Appealing a decision: once, within its window, decided by someone else than before. What was wrong is made good."""

from datetime import timedelta

from datong.commerce.aftersale.buyer_standing import count_lost
from datong.commerce.aftersale.deadlines import DECISION_HOURS
from datong.commerce.aftersale.disputes import NoDispute, check_reason, tell_decided
from datong.commerce.aftersale.goodwill import reserved_goodwill
from datong.commerce.aftersale.queries import DISPUTES, Dispute, own_case
from datong.commerce.aftersale.resolution import tell_adjusted
from datong.commerce.aftersale.states import CaseMoved, CaseState, HelpStatus
from datong.commerce.aftersale.transitions import (
    Change,
    LockedCase,
    hold_case,
    line_of,
    move_case,
    note,
    number,
    tell_changed,
)
from datong.commerce.order import LineRefund, RefundTooHigh, refund_line
from datong.commerce.payment import compensate_shop
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotAllowed
from datong.kernel.sql import changed_value, command
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

APPEAL = changed_value(
    int,
    """
    update dispute set cs_status = 11, version = version + 1, due_at = $3, escalated_at = null, appealed_by = $4,
        appeal_text = $5
    where bkt = $1 and dispute_id = $2 and cs_status in (8, 9) and appealed_by = '' and due_at > $6 returning version
    """,
)
END = changed_value(
    int,
    """
    update dispute set cs_status = 6, version = version + 1, due_at = null, appeal_outcome = $3, compensated = $4
    where bkt = $1 and dispute_id = $2 and cs_status = 11 and version = $5 returning version
    """,
)
PAID_BACK = command(
    "update refund_case set paid_back = paid_back + $3, version = version + 1 where bkt = $1 and case_id = $2"
)


@use_case("case_id")
async def appeal_decision(tx: Tx, actor: Actor, case_id: int, text: str) -> None:
    """The side that lost says why the decision is wrong, once, while its window is open. Refuses `NoDispute`.

    A buyer who was given less than it asked for has lost as well.
    """
    held = await hold_case(tx, actor, case_id, "plead", None)
    check_reason(text)
    if held.dispute is None or not held.dispute.was_lost_by(held.by.side, held.case.asked):
        raise NoDispute
    due = tx.now + timedelta(hours=await number(tx, held.case, DECISION_HOURS))
    if not await tx.maybe(
        APPEAL, tx.bucket, held.dispute.dispute_id, due, held.by.side, text.strip(), tx.now
    ):  # fmt: skip
        raise NoDispute
    await note(tx, case_id, held.by, "appealed", text.strip(), {"due_at": due})
    tell_changed(tx, held.case)


async def decide_appeal(
    db: Db, actor: Actor, case_id: int, dispute_version: int, amount: int, reason: str
) -> None:  # fmt: skip
    """Decide an appeal: dismissed (amount 0), or upheld and made good with so many minor units.

    Refuses `NotAllowed` to whoever made the decision, `NoDispute`, `CaseMoved`, `RefundTooHigh`.
    """
    actor.must("operator:dispute:decide")
    async with db.read() as tx:
        case, _ = await own_case(tx, actor, case_id, "decide")
    if amount < 0:
        raise Invalid("amount", "0 or more")
    async with db.read() as tx:
        disputes = await tx.all(DISPUTES, bucket_of(case_id), case_id)
    is_for_shop = bool(disputes) and disputes[-1].appealed_by == "seller"
    if is_for_shop and amount > case.paid_back:
        raise RefundTooHigh(case.paid_back)
    async with reserved_goodwill(db, amount if is_for_shop else 0), db.begin(bucket_of(case_id)) as tx:
        held = await hold_case(tx, actor, case_id, "decide", None)
        if held.dispute is not None and held.dispute.decided_by == actor.id:
            raise NotAllowed("operator:dispute:decide")
        await end_appeal(tx, held, dispute_version, amount, reason)


async def end_appeal(tx: Tx, held: LockedCase, version: int, amount: int, reason: str) -> None:
    """Decide the appeal of a locked case, whoever decides. Refuses as `decide_appeal` does."""
    case_id, dispute = held.case.case_id, held.dispute
    if dispute is None or dispute.cs_status != HelpStatus.APPEAL:
        raise NoDispute
    check_reason(reason)
    is_for_shop = dispute.appealed_by == "seller"
    outcome = "upheld" if amount else "dismissed"
    if not await tx.maybe(
        END, tx.bucket, dispute.dispute_id, outcome, amount if is_for_shop else 0, version
    ):  # fmt: skip
        raise CaseMoved(dispute.version)
    if amount:
        await _make_good(tx, held, dispute, amount)
    await note(tx, case_id, held.by, f"appeal_{outcome}", reason.strip(), {"amount": amount})
    tell_changed(tx, held.case)


async def _make_good(tx: Tx, held: LockedCase, dispute: Dispute, amount: int) -> None:
    case, money = held.case, Money(amount, held.case.currency)
    if dispute.appealed_by == "seller":
        await compensate_shop(tx, case.shop_id, money, case.case_id)
        tell_adjusted(tx, case, "compensation", money)
        tell_decided(tx, case, "appeal_upheld", "seller", is_appeal=True)
        return
    line = await line_of(tx, case)
    if amount > line.left:
        raise RefundTooHigh(line.left)
    pieces = 0 if case.paid_back else case.pieces
    refunded = await refund_line(tx, held.order, LineRefund(line.line_id, amount, pieces, case.case_id))
    if case.is_open:
        # The goods were to go back to the buyer; it has the money instead.
        change = Change(end_reason="appeal_upheld", paid_back=refunded.amount)
        await move_case(tx, held, CaseState.SUCCESS, "ended_by_appeal", change)
    else:
        await tx.run(PAID_BACK, tx.bucket, case.case_id, refunded.amount)
    if dispute.outcome == "reject":
        await count_lost(tx, case.member_id, -1)
    tell_decided(tx, case, "appeal_upheld", "buyer", is_appeal=True)
