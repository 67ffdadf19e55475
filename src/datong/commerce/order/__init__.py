"""Orders: one purchase is paid once; each shop's part is an order of its own, with its own life.

Owns purchases, orders, lines, presales and deposits, and the sellers' copies. Calls `cart`, `pricing`, `inventory`, `payment`,
`fulfilment`, `catalog`, `voucher`, `member`, `merchant`, `storefront`, `rulebook`. Tells `PurchasePlaced`, `OrderPaid`,
`OrderShipped`, `OrderFinished`, `OrderRefunded`, `OrderClosed`, `OrderChanged`, `DepositPlaced`, `DepositEnded`. The buyer's bucket decides; the seller's
copy follows by version.
"""

from datong.commerce.order.balance import line_of, read_deposits, tool_of
from datong.commerce.order.closing import CLOSE_REASONS, CloseTooFast, cancel_paid_order, close_order, end_unpaid
from datong.commerce.order.confirming import confirm_order, earns
from datong.commerce.order.depositing import (
    Deposit,
    DepositMoved,
    NotInPresale,
    default_on_deposit,
    get_deposit,
    list_deposits,
    pay_deposit,
    place_deposit,
    run_due_deposits,
)
from datong.commerce.order.due import run_due_orders
from datong.commerce.order.extending import CannotExtend, extend_by_buyer, extend_by_seller
from datong.commerce.order.moving import lines_of, lock_order
from datong.commerce.order.noting import FLAGS, OrderMemo, find_seller_order, get_memos, list_flagged_orders, note_order
from datong.commerce.order.pausing import RefundIsOpen, end_case, open_case
from datong.commerce.order.paying import pay_purchase, take_payment
from datong.commerce.order.placing import (
    UNPAID_ORDERS,
    CartEmpty,
    LineUnavailable,
    PriceMoved,
    TooManyUnpaid,
    place_purchase,
)
from datong.commerce.order.presales import (
    Presale,
    PresaleDraft,
    PresaleRunning,
    find_presale,
    list_presales,
    make_presale,
    stop_presale,
)
from datong.commerce.order.reading import (
    OrderLine,
    OrderView,
    PurchaseView,
    ShopOrder,
    StateCount,
    count_own_orders,
    get_order,
    get_own_orders,
    get_purchase,
    list_orders,
    own_order,
)
from datong.commerce.order.refunding import (
    Fate,
    LineRefund,
    RefundTooHigh,
    freight_with,
    most_of,
    paid_for,
    refund_line,
)
from datong.commerce.order.repricing import CutTooDeep, change_price
from datong.commerce.order.selling import (
    SellerOrder,
    copy_now,
    count_seller_orders,
    list_seller_orders,
)
from datong.commerce.order.shipping import NothingToShip, ship_order
from datong.commerce.order.shipping_many import Sending, Sent, ship_many
from datong.commerce.order.states import IN_ESCROW, SHIP_PROMISE_HOURS, OrderState, WrongOrderState
from datong.commerce.order.timers import TIMERS
from datong.commerce.order.trying import MOST_TRIED_SHOPS, Trial, try_promotion

__all__ = [
    "CLOSE_REASONS",
    "FLAGS",
    "IN_ESCROW",
    "MOST_TRIED_SHOPS",
    "SHIP_PROMISE_HOURS",
    "TIMERS",
    "UNPAID_ORDERS",
    "CannotExtend",
    "CartEmpty",
    "CloseTooFast",
    "CutTooDeep",
    "Deposit",
    "DepositMoved",
    "Fate",
    "LineRefund",
    "LineUnavailable",
    "NotInPresale",
    "NothingToShip",
    "OrderLine",
    "OrderMemo",
    "OrderState",
    "OrderView",
    "Presale",
    "PresaleDraft",
    "PresaleRunning",
    "PriceMoved",
    "PurchaseView",
    "RefundIsOpen",
    "RefundTooHigh",
    "SellerOrder",
    "Sending",
    "Sent",
    "ShopOrder",
    "StateCount",
    "TooManyUnpaid",
    "Trial",
    "WrongOrderState",
    "cancel_paid_order",
    "change_price",
    "close_order",
    "confirm_order",
    "copy_now",
    "count_own_orders",
    "count_seller_orders",
    "default_on_deposit",
    "earns",
    "end_case",
    "end_unpaid",
    "extend_by_buyer",
    "extend_by_seller",
    "find_presale",
    "find_seller_order",
    "freight_with",
    "get_deposit",
    "get_memos",
    "get_order",
    "get_own_orders",
    "get_purchase",
    "line_of",
    "lines_of",
    "list_deposits",
    "list_flagged_orders",
    "list_orders",
    "list_presales",
    "list_seller_orders",
    "lock_order",
    "make_presale",
    "most_of",
    "note_order",
    "open_case",
    "own_order",
    "paid_for",
    "pay_deposit",
    "pay_purchase",
    "place_deposit",
    "place_purchase",
    "read_deposits",
    "refund_line",
    "run_due_deposits",
    "run_due_orders",
    "ship_many",
    "ship_order",
    "stop_presale",
    "take_payment",
    "tool_of",
    "try_promotion",
]
