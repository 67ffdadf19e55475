"""What becomes of a dispute that nobody decides: both sides are told, then it is decided by what is on file.

The burden of proof decides: the shop proves that it sent and that it was signed for, the buyer proves a defect with a
file. A shop that has the goods back gives the money back. An appeal that nobody decides leaves the decision as it is.
Source: domain.md §4 (missing evidence; burden), the waiting time is DESIGN.
"""

from datetime import timedelta

from datong.commerce.aftersale.deadlines import OVERDUE_HOURS
from datong.commerce.aftersale.disputes import Decision, decide
from datong.commerce.aftersale.queries import EVIDENCE, RefundCase
from datong.commerce.aftersale.states import CaseKind, CaseState
from datong.commerce.aftersale.transitions import CLOCK, LockedCase, line_of, note, number, tell_changed
from datong.commerce.fulfilment import list_parcels
from datong.kernel.sql import command
from datong.kernel.tx import Tx

ESCALATE = command(
    "update dispute set due_at = $3, escalated_at = $4, version = version + 1 where bkt = $1 and dispute_id = $2"
)
HAS_GOODS, NOT_SIGNED, SIGNED = "on_file.has_goods", "on_file.not_signed", "on_file.signed"
PROVEN, NOT_PROVEN, UNHEARD = "on_file.proven", "on_file.not_proven", "on_file.unheard"
REASONS = (HAS_GOODS, NOT_SIGNED, SIGNED, PROVEN, NOT_PROVEN, UNHEARD)
"""Why, as codes that pages put into words."""


def default_decision(case: RefundCase, *, is_signed: bool, has_buyer_proof: bool) -> Decision:
    """What is decided by what is on file; `is_signed`: the buyer signed for what it says it does not have. Pure."""
    if case.is_returned:
        return Decision("refund", HAS_GOODS)
    if case.state == CaseState.WAIT_BUYER_RECEIVE_GOODS or case.reason == "not_received":
        return Decision("reject", SIGNED) if is_signed else Decision("refund", NOT_SIGNED)
    if not has_buyer_proof:
        return Decision("reject", NOT_PROVEN)
    may_go_back = case.kind in {CaseKind.REFUND_AND_RETURN, CaseKind.EXCHANGE}
    return Decision("return_first" if may_go_back else "refund", PROVEN)


async def escalate(tx: Tx, held: LockedCase) -> None:
    """The platform is past its time with the dispute of a locked case, or its appeal: both sides and staff see it."""
    assert held.dispute is not None  # noqa: S101 - the caller has looked
    due = tx.now + timedelta(hours=await number(tx, held.case, OVERDUE_HOURS))
    await tx.run(ESCALATE, tx.bucket, held.dispute.dispute_id, due, tx.now)
    await note(tx, held.case.case_id, CLOCK, "decision_late", details={"due_at": due})
    tell_changed(tx, held.case, "late")


async def decide_on_file(tx: Tx, held: LockedCase) -> RefundCase:
    """Decide the dispute of a locked case without staff; it may be appealed as theirs may."""
    assert held.dispute is not None  # noqa: S101 - the caller has looked
    case = held.case
    files = await tx.all(EVIDENCE, tx.bucket, case.case_id)
    decision = default_decision(
        case, is_signed=await _is_signed(tx, case), has_buyer_proof=any(each.side == "buyer" for each in files)
    )
    return await decide(tx, held, held.dispute.version, decision)


async def _is_signed(tx: Tx, case: RefundCase) -> bool:
    if case.state == CaseState.WAIT_BUYER_RECEIVE_GOODS:
        sent = [each for each in await list_parcels(tx, case.order_id, case.case_id) if each.kind == "REPLACEMENT"]
        return bool(sent) and sent[-1].delivered_at is not None
    line = await line_of(tx, case)
    parcels = {each.parcel_id: each for each in await list_parcels(tx, case.order_id)}
    parcel = parcels.get(line.parcel_id)
    return line.received_at is not None or (parcel is not None and parcel.delivered_at is not None)
