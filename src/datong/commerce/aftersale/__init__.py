"""After the sale: refunds, returns, exchanges, reshipping, and disputes that the platform decides.

Owns refund cases with their timeline and evidence, disputes, shops' return addresses, buyers' and shops' standing,
goodwill's budget, and the shops' copies of cases. Calls `messaging`, `order`, `fulfilment`, `payment`, `catalog`,
`merchant`, `member`, `storefront`, `rulebook`. Tells `RefundOpened`, `RefundChanged`, `RefundEnded`, `DisputeDecided`,
`ShopAdjusted`. The money of a case moves in the order's bucket, in the transaction that ends it; silence decides by
clocks that are columns. Source: domain.md §4.
"""

from datong.commerce.aftersale.appeals import appeal_decision, decide_appeal
from datong.commerce.aftersale.buyer_standing import record_standing
from datong.commerce.aftersale.deadlines import BATCH_AMOUNT, BATCH_CASES, NO_REASON_DAYS
from datong.commerce.aftersale.disputes import Decision, NoDispute, call_platform, complete_evidence, outcomes_for
from datong.commerce.aftersale.evidence import add_evidence, read_evidence
from datong.commerce.aftersale.expiry import run_due_cases
from datong.commerce.aftersale.goodwill import GoodwillShort, decide_dispute
from datong.commerce.aftersale.open_case import (
    RefundRequest,
    change_refund,
    open_refund,
    post_case_message,
    withdraw_refund,
)
from datong.commerce.aftersale.projections import (
    SellerCase,
    copy_case_now,
    count_due_cases,
    list_due_cases,
    list_open_cases,
    list_seller_cases,
    refresh_queue,
)
from datong.commerce.aftersale.queries import (
    CaseView,
    Dispute,
    RefundCase,
    get_case,
    list_cases_of,
    list_desk,
    list_own_cases,
)
from datong.commerce.aftersale.refund_options import NotReturnable, WindowOver, list_refund_options, may_ask
from datong.commerce.aftersale.responses import (
    AddressMissing,
    BatchTooLarge,
    MayNotRefuse,
    agree_to_many,
    agree_to_refund,
    refuse_refund,
)
from datong.commerce.aftersale.return_addresses import ReturnAddress, find_return_address, set_return_address
from datong.commerce.aftersale.returns import (
    ReturnShipment,
    confirm_replacement,
    confirm_return,
    send_back,
    send_replacement,
)
from datong.commerce.aftersale.states import CaseKind, CaseMoved, CaseState, HelpStatus, WrongCaseState

__all__ = [
    "BATCH_AMOUNT",
    "BATCH_CASES",
    "NO_REASON_DAYS",
    "AddressMissing",
    "BatchTooLarge",
    "CaseKind",
    "CaseMoved",
    "CaseState",
    "CaseView",
    "Decision",
    "Dispute",
    "GoodwillShort",
    "HelpStatus",
    "MayNotRefuse",
    "NoDispute",
    "NotReturnable",
    "RefundCase",
    "RefundRequest",
    "ReturnAddress",
    "ReturnShipment",
    "SellerCase",
    "WindowOver",
    "WrongCaseState",
    "add_evidence",
    "agree_to_many",
    "agree_to_refund",
    "appeal_decision",
    "call_platform",
    "change_refund",
    "complete_evidence",
    "confirm_replacement",
    "confirm_return",
    "copy_case_now",
    "count_due_cases",
    "decide_appeal",
    "decide_dispute",
    "find_return_address",
    "get_case",
    "list_cases_of",
    "list_desk",
    "list_due_cases",
    "list_open_cases",
    "list_own_cases",
    "list_refund_options",
    "list_seller_cases",
    "may_ask",
    "open_refund",
    "outcomes_for",
    "post_case_message",
    "read_evidence",
    "record_standing",
    "refresh_queue",
    "refuse_refund",
    "run_due_cases",
    "send_back",
    "send_replacement",
    "set_return_address",
    "withdraw_refund",
]
