"""After the sale: refunds, returns, exchanges, reshipping, and disputes that the platform decides.

Owns refund cases with their timeline and evidence, disputes, shops' return addresses, buyers' and shops' standing, goodwill's
budget, and the shops' copies of cases. Calls `order`, `fulfilment`, `payment`, `catalog`, `merchant`, `member`, `storefront`,
`rulebook`. Tells `RefundOpened`, `RefundChanged`, `RefundEnded`, `DisputeDecided`, `ShopAdjusted`. The money of a case moves in
the order's bucket, in the transaction that ends it; silence decides by clocks that are columns. Source: domain.md §4.
"""

from datong.commerce.aftersale.appeals import appeal, decide_appeal
from datong.commerce.aftersale.buyer_standing import keep_score
from datong.commerce.aftersale.deadlines import (
    BATCH_AMOUNT,
    BATCH_CASES,
    NO_REASON_DAYS,
    RETURN_FREIGHT_MOST,
    no_reason_until,
)
from datong.commerce.aftersale.disputes import (
    OUTCOMES,
    Decision,
    NoDispute,
    apply_decision,
    call_platform,
    outcomes_for,
    say_ready,
)
from datong.commerce.aftersale.evidence import EVIDENCE_BYTES, EvidenceOver, add_evidence, read_evidence
from datong.commerce.aftersale.expiry import run_due_case, run_due_cases
from datong.commerce.aftersale.goodwill import GoodwillShort, decide_dispute
from datong.commerce.aftersale.open_case import (
    CaseAsk,
    CaseIsOpen,
    NotReturnable,
    WindowOver,
    change_ask,
    open_refund,
    reasons_for,
    say,
    withdraw,
)
from datong.commerce.aftersale.projections import (
    SellerCase,
    copy_case_now,
    copy_to_sellers,
    count_due_cases,
    list_due_cases,
    list_open_cases,
    list_seller_cases,
)
from datong.commerce.aftersale.queries import (
    CaseEvent,
    CaseView,
    DeskEntry,
    Dispute,
    Evidence,
    RefundCase,
    get_case,
    list_cases_of,
    list_desk,
    list_own_cases,
)
from datong.commerce.aftersale.responses import (
    AddressMissing,
    Answered,
    BatchTooLarge,
    MayNotRefuse,
    agree,
    agree_to_many,
    refuse,
)
from datong.commerce.aftersale.return_addresses import ReturnAddress, find_return_address, set_return_address
from datong.commerce.aftersale.returns import (
    Sending,
    confirm_replacement,
    confirm_return,
    send_back,
    send_replacement,
)
from datong.commerce.aftersale.states import REASONS, CaseKind, CaseMoved, CaseState, HelpStatus, WrongCaseState
from datong.commerce.aftersale.timers import TIMERS
from datong.commerce.aftersale.transitions import DisputeIsOpen

__all__ = [
    "BATCH_AMOUNT",
    "BATCH_CASES",
    "EVIDENCE_BYTES",
    "NO_REASON_DAYS",
    "OUTCOMES",
    "REASONS",
    "RETURN_FREIGHT_MOST",
    "TIMERS",
    "AddressMissing",
    "Answered",
    "BatchTooLarge",
    "CaseAsk",
    "CaseEvent",
    "CaseIsOpen",
    "CaseKind",
    "CaseMoved",
    "CaseState",
    "CaseView",
    "Decision",
    "DeskEntry",
    "Dispute",
    "DisputeIsOpen",
    "Evidence",
    "EvidenceOver",
    "GoodwillShort",
    "HelpStatus",
    "MayNotRefuse",
    "NoDispute",
    "NotReturnable",
    "RefundCase",
    "ReturnAddress",
    "SellerCase",
    "Sending",
    "WindowOver",
    "WrongCaseState",
    "add_evidence",
    "agree",
    "agree_to_many",
    "appeal",
    "apply_decision",
    "call_platform",
    "change_ask",
    "confirm_replacement",
    "confirm_return",
    "copy_case_now",
    "copy_to_sellers",
    "count_due_cases",
    "decide_appeal",
    "decide_dispute",
    "find_return_address",
    "get_case",
    "keep_score",
    "list_cases_of",
    "list_desk",
    "list_due_cases",
    "list_open_cases",
    "list_own_cases",
    "list_seller_cases",
    "no_reason_until",
    "open_refund",
    "outcomes_for",
    "read_evidence",
    "reasons_for",
    "refuse",
    "run_due_case",
    "run_due_cases",
    "say",
    "say_ready",
    "send_back",
    "send_replacement",
    "set_return_address",
    "withdraw",
]
