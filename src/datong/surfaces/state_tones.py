"""The colours of states: who a state waits for, or how it ended, and the class that shows it to a side.

Codes are the states of orders, deposits, refund cases, shops, storefronts, qualifications, coupons and payouts;
one code means the same in each.
"""

from typing import Literal

Side = Literal["buyer", "seller", "staff"]
Tone = Literal["yours", "theirs", "done", "bad", "closed"]

WAITS_FOR: dict[str, Side | None] = {
    "WAIT_BUYER_PAY": "buyer",
    "WAIT_SELLER_SEND_GOODS": "seller",
    "SELLER_CONSIGNED_PART": "seller",
    "WAIT_BUYER_CONFIRM_GOODS": "buyer",
    "WAIT_DEPOSIT": "buyer",
    "DEPOSIT_PAID": None,
    "BALANCE_PLACED": "buyer",
    "WAIT_SELLER_AGREE": "seller",
    "SELLER_REFUSE_BUYER": "buyer",
    "WAIT_BUYER_RETURN_GOODS": "buyer",
    "WAIT_SELLER_CONFIRM_GOODS": "seller",
    "WAIT_SELLER_RETURN_GOODS": "seller",
    "WAIT_BUYER_RECEIVE_GOODS": "buyer",
    "SUBMITTED": "staff",
    "UNDER_REVIEW": "staff",
    "AWAIT_PAYMENT": "seller",
    "CLAIMED": "buyer",
    "LOCKED": None,
    "REQUESTED": None,
    "PENDING": None,
    "SENT": None,
    "DRAFT": "staff",
    "PAUSED": "staff",
}
"""Open states and the side that is to act; None where time or an outside party decides."""
ENDS: dict[str, Tone] = {
    "TRADE_FINISHED": "done",
    "SUCCESS": "done",
    "DONE": "done",
    "OPEN": "done",
    "LIVE": "done",
    "APPROVED": "done",
    "VERIFIED": "done",
    "PAID": "done",
    "SUCCEEDED": "done",
    "FORFEITED": "bad",
    "RESTRICTED": "bad",
    "REJECTED": "bad",
    "DECLINED": "bad",
    "REVOKED": "bad",
    "REFUSED": "bad",
    "TRADE_CLOSED": "closed",
    "TRADE_CLOSED_UNPAID": "closed",
    "CLOSED_UNPAID": "closed",
    "CLOSED": "closed",
    "DOUBLED": "closed",
    "REFUNDED": "closed",
    "USED": "closed",
    "WITHDRAWN": "closed",
    "LOST": "closed",
    "EXPIRED": "closed",
}
"""States that nobody has to act on, and how they ended."""
HELP_TONES: dict[int, Tone] = {3: "yours", 6: "closed", 8: "closed", 9: "closed", 10: "theirs", 11: "yours"}
"""States of a dispute as the platform's staff sees them: what it is to decide is its own."""


def tone_of(state: str, side: Side) -> Tone:
    """The class of a state for whoever looks: accent for what waits for them, neutral for what waits for another."""
    if state in ENDS:
        return ENDS[state]
    return "yours" if WAITS_FOR[state] == side else "theirs"
