"""Cases and disputes whose clock has run out: silence decides as the rules say. A timer is a column."""

import msgspec

from datong.commerce.aftersale.disputes import close_evidence, end_appeal_window
from datong.commerce.aftersale.queries import GET, RefundCase
from datong.commerce.aftersale.resolution import give_back_instead, replaced
from datong.commerce.aftersale.responses import let_agreed
from datong.commerce.aftersale.returns import take_goods
from datong.commerce.aftersale.states import CaseState, HelpStatus
from datong.commerce.aftersale.transitions import CLOCK, Change, LockedCase, lock_case, move_case
from datong.kernel.sql import rows
from datong.kernel.tx import Db, Tx


class DueCase(msgspec.Struct, frozen=True):
    """A case whose clock, or whose dispute's clock, has run out."""

    bkt: int
    case_id: int


DUE = rows(DueCase, "select bkt, case_id from refund_case where due_at <= $1 order by due_at limit 500")
DUE_DISPUTES = rows(
    DueCase,
    """
    select bkt, case_id from dispute where due_at <= $1 and cs_status in (8, 9, 10) order by due_at limit 500
    """,
)


async def run_due_cases(db: Db) -> int:
    """Do what is due, each case in its own transaction; answers how many were found."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
        disputed = await tx.all(DUE_DISPUTES, tx.now)
    for each in due:
        async with db.begin(each.bkt) as tx:
            await run_due_case(tx, each.case_id)
    for each in disputed:
        async with db.begin(each.bkt) as tx:
            await _run_due_dispute(tx, each.case_id)
    return len(due) + len(disputed)


async def run_due_case(tx: Tx, case_id: int) -> RefundCase | None:
    """Let silence decide one case, if its clock still says so under the lock; None if someone was faster."""
    held = await lock_case(tx, await tx.one(GET, tx.bucket, case_id), CLOCK)
    if held.case.due_at is None or held.case.due_at > tx.now:
        return None
    return await _decide_by_silence(tx, held)


async def _decide_by_silence(tx: Tx, held: LockedCase) -> RefundCase:
    match CaseState(held.case.state):
        case CaseState.WAIT_SELLER_AGREE:
            return await let_agreed(tx, held, "seller_silent")
        case CaseState.WAIT_SELLER_CONFIRM_GOODS:
            return await take_goods(tx, held, "receipt_silent", is_resellable=False)
        case CaseState.WAIT_SELLER_SEND_GOODS:
            return await give_back_instead(tx, held)
        case CaseState.WAIT_BUYER_CONFIRM_GOODS:
            return await replaced(tx, held, "replacement_silent")
        case CaseState.WAIT_BUYER_RETURN_GOODS:
            return await move_case(tx, held, CaseState.CLOSED, "not_sent_back", Change(end_reason="not_sent_back"))
        case _:
            return await move_case(tx, held, CaseState.CLOSED, "refusal_stands", Change(end_reason="refusal_stands"))


async def _run_due_dispute(tx: Tx, case_id: int) -> None:
    held = await lock_case(tx, await tx.one(GET, tx.bucket, case_id), CLOCK)
    if held.dispute is None or held.dispute.due_at is None or held.dispute.due_at > tx.now:
        return
    if held.dispute.cs_status == HelpStatus.EVIDENCE:
        await close_evidence(tx, held)
    elif held.dispute.cs_status in {HelpStatus.BUYER_WINS, HelpStatus.SELLER_WINS}:
        await end_appeal_window(tx, held)
