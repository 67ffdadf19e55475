"""The life of a refund case, what may be asked for, and why. Source: domain.md §4 (names and moves of the field)."""

from enum import IntEnum, StrEnum

import msgspec

from datong.kernel.refusal import Conflict


class CaseState(StrEnum):
    """Where a refund case is in its life."""

    WAIT_SELLER_AGREE = "WAIT_SELLER_AGREE"
    SELLER_REFUSE_BUYER = "SELLER_REFUSE_BUYER"
    WAIT_BUYER_RETURN_GOODS = "WAIT_BUYER_RETURN_GOODS"
    WAIT_SELLER_CONFIRM_GOODS = "WAIT_SELLER_CONFIRM_GOODS"
    WAIT_SELLER_SEND_GOODS = "WAIT_SELLER_SEND_GOODS"
    """An exchange or reshipping was agreed; the replacement is to be sent."""
    WAIT_BUYER_CONFIRM_GOODS = "WAIT_BUYER_CONFIRM_GOODS"
    """The replacement is on its way."""
    WAIT_SELLER_RETURN_GOODS = "WAIT_SELLER_RETURN_GOODS"
    """The shop has the goods and does not give the money back: it owes the goods to the buyer."""
    WAIT_BUYER_RECEIVE_GOODS = "WAIT_BUYER_RECEIVE_GOODS"
    """The same goods are on their way to the buyer again."""
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"


class CaseKind(StrEnum):
    """What the buyer asks for."""

    REFUND = "REFUND"
    REFUND_AND_RETURN = "REFUND_AND_RETURN"
    EXCHANGE = "EXCHANGE"
    RESHIPPING = "RESHIPPING"


class HelpStatus(IntEnum):
    """How far the platform's help is (the field's `cs_status`; 2, 4, 5 and 7 of it have no use here)."""

    NONE = 1
    IN = 3
    DONE = 6
    BUYER_WINS = 8
    SELLER_WINS = 9
    EVIDENCE = 10
    APPEAL = 11


_S = CaseState
MOVES: dict[CaseState, frozenset[CaseState]] = {
    _S.WAIT_SELLER_AGREE: frozenset(
        {
            _S.WAIT_SELLER_AGREE, _S.SELLER_REFUSE_BUYER, _S.WAIT_BUYER_RETURN_GOODS, _S.WAIT_SELLER_SEND_GOODS,
            _S.SUCCESS, _S.CLOSED,
        }
    ),
    _S.SELLER_REFUSE_BUYER: frozenset(
        {
            _S.WAIT_SELLER_AGREE, _S.WAIT_BUYER_RETURN_GOODS, _S.WAIT_SELLER_CONFIRM_GOODS, _S.WAIT_SELLER_SEND_GOODS,
            _S.WAIT_SELLER_RETURN_GOODS, _S.SUCCESS, _S.CLOSED,
        }
    ),
    _S.WAIT_BUYER_RETURN_GOODS: frozenset({_S.WAIT_SELLER_CONFIRM_GOODS, _S.SUCCESS, _S.CLOSED}),
    _S.WAIT_SELLER_CONFIRM_GOODS: frozenset(
        {_S.WAIT_SELLER_SEND_GOODS, _S.SELLER_REFUSE_BUYER, _S.SUCCESS, _S.CLOSED}
    ),
    _S.WAIT_SELLER_SEND_GOODS: frozenset({_S.WAIT_BUYER_CONFIRM_GOODS, _S.SUCCESS, _S.CLOSED}),
    _S.WAIT_BUYER_CONFIRM_GOODS: frozenset({_S.SUCCESS, _S.CLOSED}),
    _S.WAIT_SELLER_RETURN_GOODS: frozenset(
        {_S.WAIT_BUYER_RECEIVE_GOODS, _S.WAIT_SELLER_SEND_GOODS, _S.SUCCESS, _S.CLOSED}
    ),
    _S.WAIT_BUYER_RECEIVE_GOODS: frozenset({_S.SUCCESS, _S.CLOSED}),
    _S.SUCCESS: frozenset(),
    _S.CLOSED: frozenset(),
}  # fmt: skip
OPEN_STATES = tuple(state for state, targets in MOVES.items() if targets)


class Reason(msgspec.Struct, frozen=True):
    """A reason: for which asks it may be given, at which stage, and whose fault it says it is."""

    kinds: frozenset[CaseKind]
    before_sending: bool = False
    after_sending: bool = True
    is_sellers_fault: bool = True
    is_quality: bool = False
    """Counts as product-related where experience is measured."""


_ALL = frozenset(CaseKind)
_BACK = frozenset({CaseKind.REFUND, CaseKind.REFUND_AND_RETURN})
REASONS: dict[str, Reason] = {
    "not_wanted": Reason(
        frozenset({CaseKind.REFUND}), before_sending=True, after_sending=False, is_sellers_fault=False
    ),
    "late_shipping": Reason(frozenset({CaseKind.REFUND}), before_sending=True, after_sending=False),
    "out_of_stock": Reason(frozenset({CaseKind.REFUND}), before_sending=True, after_sending=False),
    "no_reason": Reason(frozenset({CaseKind.REFUND_AND_RETURN}), is_sellers_fault=False),
    "wrong_size": Reason(frozenset({CaseKind.REFUND_AND_RETURN, CaseKind.EXCHANGE}), is_sellers_fault=False),
    "not_received": Reason(frozenset({CaseKind.REFUND, CaseKind.RESHIPPING})),
    "damaged": Reason(_ALL),
    "quality": Reason(_ALL, is_quality=True),
    "not_as_described": Reason(_ALL, is_quality=True),
    "wrong_item": Reason(_ALL),
    "missing_parts": Reason(_BACK | {CaseKind.RESHIPPING}),
    "counterfeit": Reason(_BACK, is_quality=True),
    "agreed": Reason(_ALL, before_sending=True, is_sellers_fault=False),
    "other": Reason(_ALL, before_sending=True, is_sellers_fault=False),
}
"""Why a refund is asked for (wording DESIGN; whose fault decides who bears the return's freight, domain.md §4)."""


class WrongCaseState(Conflict):
    """The case is not in a state in which this is possible."""

    code = "aftersale.wrong_state"

    def __init__(self, state: str) -> None:
        self.state = state


class CaseMoved(Conflict):
    """Someone else has acted on the case since it was looked at; `version` is the present one."""

    code = "aftersale.case_moved"

    def __init__(self, version: int) -> None:
        self.version = version
