"""Disputes: the platform is called, both sides hand in what they have, staff decide, who lost may appeal once.

A decision works at once: the buyer does not wait for the appeal window. What an appeal finds wrong is made good: to the
buyer by what is left of the line, to the shop out of the platform's own goodwill. Source: domain.md §4 [18][15].
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from datong.commerce.aftersale.buyer_standing import count_lost
from datong.commerce.aftersale.deadlines import APPEAL_HOURS, DECISION_HOURS, EVIDENCE_DAYS
from datong.commerce.aftersale.queries import DISPUTE_COLUMNS, Dispute, RefundCase
from datong.commerce.aftersale.resolution import grant, let_refusal_stand
from datong.commerce.aftersale.responses import let_return
from datong.commerce.aftersale.return_addresses import find_return_address
from datong.commerce.aftersale.states import CaseKind, CaseMoved, CaseState, HelpStatus
from datong.commerce.aftersale.transitions import (
    CLOCK,
    LockedCase,
    hold_case,
    line_of,
    note,
    number,
    tell_changed,
)
from datong.commerce.order import RefundTooHigh, charges_of, max_refundable
from datong.commerce.payment import pay_extra
from datong.facts.aftersale import DisputeDecided
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import changed, command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

Outcome = Literal["refund", "return_first", "reject"]
OUTCOMES: tuple[Outcome, ...] = ("refund", "return_first", "reject")
MIN_REASON, MAX_REASON = 10, 1_000

PUT = command(
    """
    insert into dispute (bkt, dispute_id, case_id, version, cs_status, opened_by, opened_at, due_at)
    values ($1, $2, $3, 1, 10, $4, $5, $6)
    """
)
STAND_STILL = command("update refund_case set due_at = null, version = version + 1 where bkt = $1 and case_id = $2")
MOVE = changed(
    Dispute,
    f"""
    update dispute set cs_status = $3, version = version + 1, due_at = $4,
        is_buyer_ready = is_buyer_ready or $5, is_seller_ready = is_seller_ready or $6
    where bkt = $1 and dispute_id = $2 returning {DISPUTE_COLUMNS}
    """,
)
DECIDE = changed(
    Dispute,
    f"""
    update dispute set cs_status = $3, version = version + 1, due_at = $4, escalated_at = null, outcome = $5,
        amount = $6, goodwill = $7, reason = $8, decided_by = $9, decided_at = $10
    where bkt = $1 and dispute_id = $2 and version = $11 returning {DISPUTE_COLUMNS}
    """,
)


class NoDispute(Conflict):
    """The platform has nothing to decide here, or not any more."""

    code = "aftersale.no_dispute"


class Decision(msgspec.Struct, frozen=True):
    """What staff decide: the outcome, how much of the line goes back, goodwill beside it, and why, for both to read."""

    outcome: str
    reason: str
    amount: int = 0
    """Minor units; 0: all that is asked for."""
    goodwill: int = 0
    """Minor units to the buyer out of the platform's own budget."""


@use_case("case_id")
async def call_platform(tx: Tx, actor: Actor, case_id: int, version: int) -> RefundCase:
    """Either side calls the platform after a refusal, or about goods on their way back to the buyer that do not arrive.

    Both have days to hand in what they have.
    """
    held = await hold_case(tx, actor, case_id, "plead", version)
    held.must_be_in(CaseState.SELLER_REFUSE_BUYER, CaseState.WAIT_BUYER_RECEIVE_GOODS)
    held.must_be_undisputed()
    due = tx.now + timedelta(days=await number(tx, held.case, EVIDENCE_DAYS))
    if held.dispute is not None and held.dispute.due_at is not None:
        await _move(tx, held.dispute, HelpStatus.DONE, None)
    await tx.run(PUT, tx.bucket, tx.new_id(), case_id, held.by.side, tx.now, due)
    await tx.run(STAND_STILL, tx.bucket, case_id)
    await note(tx, case_id, held.by, "platform_called", details={"due_at": due})
    tell_changed(tx, held.case)
    return held.case


@use_case("case_id")
async def complete_evidence(tx: Tx, actor: Actor, case_id: int) -> None:
    """One side has nothing more to hand in; when both say so, staff may decide at once."""
    held = await hold_case(tx, actor, case_id, "plead", None)
    dispute = _must_be(held, HelpStatus.EVIDENCE)
    is_buyer = held.by.side == "buyer"
    moved = await tx.one(
        MOVE, tx.bucket, dispute.dispute_id, HelpStatus.EVIDENCE.value, dispute.due_at, is_buyer, not is_buyer
    )
    await note(tx, case_id, held.by, "evidence_complete")
    if moved.is_buyer_ready and moved.is_seller_ready:
        await close_evidence(tx, held)
    else:
        tell_changed(tx, held.case)


async def close_evidence(tx: Tx, held: LockedCase) -> None:
    """The time for evidence is over (or both are done): staff decide on file."""
    due = tx.now + timedelta(hours=await number(tx, held.case, DECISION_HOURS))
    dispute = _must_be(held, HelpStatus.EVIDENCE)
    await _move(tx, dispute, HelpStatus.IN, due)
    await note(tx, held.case.case_id, CLOCK, "evidence_closed", details={"due_at": due})
    tell_changed(tx, held.case)


async def apply_decision(
    tx: Tx, actor: Actor, case_id: int, dispute_version: int, decision: Decision
) -> RefundCase:  # fmt: skip
    """Staff decide, with reasons; it works at once. One of two who decide in the same moment gets `CaseMoved`.

    Refuses `NoDispute` before the evidence is in, `RefundTooHigh`, `Invalid`.
    """
    held = await hold_case(tx, actor, case_id, "decide", None)
    _must_be(held, HelpStatus.IN)
    check_reason(decision.reason)
    return await decide(tx, held, dispute_version, decision)


async def decide(tx: Tx, held: LockedCase, dispute_version: int, decision: Decision) -> RefundCase:
    """Decide the dispute of a locked case, whoever decides: staff, or the clock by what is on file."""
    case_id, dispute = held.case.case_id, _must_be(held, HelpStatus.IN)
    offered = outcomes_for(held.case)
    if decision.outcome not in offered:
        raise Invalid("outcome", ", ".join(offered))
    line = await line_of(tx, held.case)
    most = held.case.amount or max_refundable(line, held.case.pieces)
    amount = (decision.amount or min(most, line.left)) if decision.outcome == "refund" else 0
    if amount > line.left or decision.amount < 0:
        raise RefundTooHigh(line.left)
    winner = "seller" if decision.outcome == "reject" else "buyer"
    status = HelpStatus.SELLER_WINS if winner == "seller" else HelpStatus.BUYER_WINS
    due = tx.now + timedelta(hours=await number(tx, held.case, APPEAL_HOURS))
    decided = await tx.maybe(
        DECIDE, tx.bucket, dispute.dispute_id, status.value, due, decision.outcome, amount, decision.goodwill,
        decision.reason.strip(), held.by.actor_id, tx.now, dispute_version,
    )  # fmt: skip
    if decided is None:
        raise CaseMoved(dispute.version)
    if decision.goodwill:
        money = Money(decision.goodwill, held.case.currency)
        await pay_extra(tx, held.case.order_id, money, charges_of(held.order), case_id)
    if winner == "seller":
        await count_lost(tx, held.case.member_id, 1)
    tell_decided(tx, held.case, decision.outcome, winner, is_appeal=False)
    await note(
        tx, case_id, held.by, "decided", decision.reason.strip(),
        {"outcome": decision.outcome, "amount": amount, "goodwill": decision.goodwill, "evidence": "on file"},
    )  # fmt: skip
    return await _carry_out(tx, msgspec.structs.replace(held, dispute=decided), decision.outcome, amount)


def outcomes_for(case: RefundCase) -> list[Outcome]:
    """What staff may decide: goods that never came, or are back already, do not go back first."""
    is_on_its_way = case.state == CaseState.WAIT_BUYER_RECEIVE_GOODS or case.reason == "not_received"
    may_go_back = case.kind != CaseKind.RESHIPPING and not is_on_its_way and not case.is_returned
    return [each for each in OUTCOMES if each != "return_first" or may_go_back]


async def _carry_out(tx: Tx, held: LockedCase, outcome: str, amount: int) -> RefundCase:
    if outcome == "reject":
        return await let_refusal_stand(tx, held, "rejected")
    if outcome == "return_first":
        address = await find_return_address(tx, held.case.shop_id)
        if address is not None:
            return await let_return(tx, held, "return_first", address)
    return await grant(tx, held, "decided", amount=amount)


async def end_appeal_window(tx: Tx, held: LockedCase) -> None:
    """Nobody appealed in time: the decision stands."""
    if held.dispute is not None:
        await _move(tx, held.dispute, HelpStatus.DONE, None)
        await note(tx, held.case.case_id, held.by, "decision_stands")
        tell_changed(tx, held.case)


def tell_decided(tx: Tx, case: RefundCase, outcome: str, winner: str, *, is_appeal: bool) -> None:
    """Whoever measures shops and buyers hears who was right."""
    tx.emit(
        DisputeDecided(
            purchase_id=case.purchase_id, case_id=case.case_id, order_id=case.order_id, shop_id=case.shop_id,
            member_id=case.member_id, product_id=int(str(case.what["product_id"])), outcome=outcome, winner=winner,
            is_appeal=is_appeal, decided_at=tx.now,
        )
    )  # fmt: skip


async def _move(tx: Tx, dispute: Dispute, status: HelpStatus, due_at: datetime | None) -> Dispute:
    return await tx.one(MOVE, tx.bucket, dispute.dispute_id, status.value, due_at, False, False)


def check_reason(text: str) -> None:
    """Refuse a reason that says nothing, or too much."""
    if not MIN_REASON <= len(text.strip()) <= MAX_REASON:
        raise Invalid("reason", f"{MIN_REASON} to {MAX_REASON} characters")


def _must_be(held: LockedCase, *statuses: HelpStatus) -> Dispute:
    if held.dispute is None or held.dispute.cs_status not in statuses or held.dispute.due_at is None:
        raise NoDispute
    return held.dispute
