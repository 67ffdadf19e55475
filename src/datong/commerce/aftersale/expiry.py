"""Cases and disputes whose clock has run out: silence decides as the rules say. A timer is a column."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from datong.commerce.aftersale.appeals import end_appeal
from datong.commerce.aftersale.default_decision import UNHEARD, decide_on_file, escalate
from datong.commerce.aftersale.disputes import close_evidence, end_appeal_window
from datong.commerce.aftersale.queries import GET, RefundCase
from datong.commerce.aftersale.resolution import give_back_instead, grant, let_refusal_stand, replaced
from datong.commerce.aftersale.responses import let_agreed
from datong.commerce.aftersale.returns import take_goods
from datong.commerce.aftersale.states import CaseState, HelpStatus
from datong.commerce.aftersale.transitions import CLOCK, Change, LockedCase, lock_case, move_case
from datong.kernel.sql import rows
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db, Tx


class DueCase(msgspec.Struct, frozen=True):
    """A case whose clock, or whose dispute's clock, has run out."""

    bkt: int
    case_id: int


DUE = rows(DueCase, "select bkt, case_id from refund_case where due_at <= $1 order by due_at limit 500")
DUE_DISPUTES = rows(
    DueCase,
    """
    select bkt, case_id from dispute where due_at <= $1 order by due_at limit 500
    """,
)


async def run_due_cases(db: Db) -> int:
    """Do what is due, each case in its own transaction; answers how many were found."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
        disputed = await tx.all(DUE_DISPUTES, tx.now)

    async def run_case(each: DueCase) -> None:
        async with db.begin(each.bkt) as tx:
            await run_due_case(tx, each.case_id)

    async def run_dispute(each: DueCase) -> None:
        async with db.begin(each.bkt) as tx:
            await _run_due_dispute(tx, each.case_id)

    await one_by_one(due, run_case)
    await one_by_one(disputed, run_dispute)
    return len(due) + len(disputed)


async def run_due_case(tx: Tx, case_id: int) -> RefundCase | None:
    """Let silence decide one case, if its clock still says so under the lock; None if someone was faster."""
    held = await lock_case(tx, await tx.one(GET, tx.bucket, case_id), CLOCK)
    if held.case.due_at is None or held.case.due_at > tx.now:
        return None
    return await SILENCE[CaseState(held.case.state)](tx, held)


async def _end(tx: Tx, held: LockedCase, reason: str) -> RefundCase:
    return await move_case(tx, held, CaseState.CLOSED, reason, Change(end_reason=reason))


SILENCE: Mapping[CaseState, Callable[[Tx, LockedCase], Awaitable[RefundCase]]] = {
    CaseState.WAIT_SELLER_AGREE: lambda tx, held: let_agreed(tx, held, "seller_silent"),
    CaseState.SELLER_REFUSE_BUYER: lambda tx, held: let_refusal_stand(tx, held, "refusal_stands"),
    CaseState.WAIT_BUYER_RETURN_GOODS: lambda tx, held: _end(tx, held, "not_sent_back"),
    CaseState.WAIT_SELLER_CONFIRM_GOODS: lambda tx, held: take_goods(tx, held, "receipt_silent", is_resellable=False),
    CaseState.WAIT_SELLER_SEND_GOODS: give_back_instead,
    CaseState.WAIT_BUYER_CONFIRM_GOODS: lambda tx, held: replaced(tx, held, "replacement_silent"),
    CaseState.WAIT_SELLER_RETURN_GOODS: lambda tx, held: grant(tx, held, "goods_kept"),
    CaseState.WAIT_BUYER_RECEIVE_GOODS: lambda tx, held: _end(tx, held, "goods_back"),
}
"""What silence means in each open state."""


async def _run_due_dispute(tx: Tx, case_id: int) -> None:
    held = await lock_case(tx, await tx.one(GET, tx.bucket, case_id), CLOCK)
    if held.dispute is None or held.dispute.due_at is None or held.dispute.due_at > tx.now:
        return
    match HelpStatus(held.dispute.cs_status):
        case HelpStatus.EVIDENCE:
            await close_evidence(tx, held)
        case HelpStatus.BUYER_WINS | HelpStatus.SELLER_WINS:
            await end_appeal_window(tx, held)
        case HelpStatus.IN | HelpStatus.APPEAL if held.dispute.escalated_at is None:
            await escalate(tx, held)
        case HelpStatus.IN:
            await decide_on_file(tx, held)
        case HelpStatus.APPEAL:
            await end_appeal(tx, held, held.dispute.version, 0, UNHEARD)
