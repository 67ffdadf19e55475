"""The states of an order and the moves between them. Source: domain.md §3 (trade states of the field)."""

from enum import StrEnum

from datong.commerce.rulebook import Parameter
from datong.kernel.refusal import Conflict


class OrderState(StrEnum):
    """Where an order is in its life."""

    WAIT_BUYER_PAY = "WAIT_BUYER_PAY"
    WAIT_SELLER_SEND_GOODS = "WAIT_SELLER_SEND_GOODS"
    SELLER_CONSIGNED_PART = "SELLER_CONSIGNED_PART"
    WAIT_BUYER_CONFIRM_GOODS = "WAIT_BUYER_CONFIRM_GOODS"
    TRADE_FINISHED = "TRADE_FINISHED"
    TRADE_CLOSED = "TRADE_CLOSED"
    """Closed after payment, by a full refund."""
    TRADE_CLOSED_UNPAID = "TRADE_CLOSED_UNPAID"
    """Closed before payment, by the buyer, the seller or the clock."""


_S = OrderState
IN_ESCROW = frozenset({_S.WAIT_SELLER_SEND_GOODS, _S.SELLER_CONSIGNED_PART, _S.WAIT_BUYER_CONFIRM_GOODS})
"""Paid, and not ended: the buyer's money is in escrow."""

UNPAID_CLOSE_SECONDS = Parameter(
    "order.unpaid_close_seconds",
    int,
    86_400,
    "domain.md §3 [10]: normal 24 h, some categories up to 3 d; the shortest of an order's lines",
    bounds=(60, 2_592_000),
    scopes=("storefront", "vertical", "category"),
)
ACTIVITY_UNPAID_SECONDS = Parameter(
    "order.activity_unpaid_seconds",
    int,
    1_800,
    "domain.md §3 [10]: 30 min where the price of an official activity works, 15 in flash channels",
    bounds=(60, 2_592_000),
    scopes=("storefront", "vertical", "category"),
)
SHIP_PROMISE_HOURS = Parameter(
    "order.ship_promise_hours", int, 48, "domain.md §3 [17]: 48 h", bounds=(1, 720), scopes=("storefront",)
)
UNSENT_REFUND_DAYS = Parameter(
    "order.unsent_refund_days",
    int,
    15,
    "DESIGN: days after the ship promise until what was not sent goes back to the buyer",
    bounds=(1, 180),
    scopes=("storefront",),
)
CLOSE_AFTER_SECONDS = Parameter(
    "order.close_after_seconds",
    int,
    10,
    "domain.md §3 (TOP): closing sooner after creation is refused",
    bounds=(0, 3_600),
    scopes=("storefront",),
)
SELLER_EXTENSION_DAYS = Parameter(
    "order.seller_extension_days",
    list[int],
    [3, 5, 7, 10],
    "domain.md §3 (TOP, [18]), repeatedly",
    bounds=(1, 90),
    scopes=("storefront",),
)
BUYER_EXTENSION_DAYS = Parameter(
    "order.buyer_extension_days",
    int,
    3,
    "domain.md §3 [18]: once, and only in the last 3 days",
    bounds=(1, 30),
    scopes=("storefront",),
)
BUYER_CANCELS_UNSHIPPED = Parameter(
    "order.buyer_cancels_unshipped",
    bool,
    True,
    "DESIGN: a paid order that is not shipped is cancelled at once",
    scopes=("storefront",),
)


class WrongOrderState(Conflict):
    """The order is not in a state from which this is possible."""

    code = "order.wrong_state"

    def __init__(self, state: str) -> None:
        self.state = state
