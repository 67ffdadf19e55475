"""Orders: one purchase is paid once; each shop's part is an order of its own, with its own life.

Owns purchases, orders, lines, memos, presales and deposits, and the sellers' copies. Calls `messaging`, `cart`,
`pricing`, `inventory`, `payment`, `fulfilment`, `catalog`, `voucher`, `member`, `merchant`, `storefront`, `rulebook`.
Tells `PurchasePlaced`, `OrderPaid`, `OrderShipped`, `OrderFinished`, `OrderRefunded`, `OrderClosed`, `OrderChanged`,
`DepositPlaced`, `DepositEnded`. The buyer's bucket decides; the seller's copy follows by version.
"""

from datong.commerce.order.close_order import CloseTooFast, cancel_paid_order, close_order, end_unpaid
from datong.commerce.order.collect_order import collect_order, renew_collection_code
from datong.commerce.order.confirm_hold import RefundIsOpen, end_case, open_case
from datong.commerce.order.confirm_receipt import confirm_order, shop_earnings
from datong.commerce.order.deposits import (
    Deposit,
    default_on_deposit,
    list_deposits,
    pay_deposit,
    place_deposit,
)
from datong.commerce.order.expiry import run_due_orders
from datong.commerce.order.extend_receipt import CannotExtend, extend_by_buyer, extend_by_seller
from datong.commerce.order.hand_over import NothingToShip, hand_over
from datong.commerce.order.memos import FLAGS, find_seller_order, get_memos, list_flagged_orders, set_memo
from datong.commerce.order.pay_purchase import pay_purchase
from datong.commerce.order.place_purchase import CartEmpty, PriceMoved, needs_address, place_purchase
from datong.commerce.order.presale_balance import discount_of, line_of
from datong.commerce.order.presales import (
    Presale,
    PresaleDraft,
    PresaleRunning,
    find_presale,
    list_presales,
    make_presale,
    stop_presale,
)
from datong.commerce.order.projections import (
    SellerOrder,
    copy_order_now,
    count_seller_orders,
    list_seller_orders,
)
from datong.commerce.order.queries import (
    OrderLine,
    OrderView,
    PurchaseView,
    ShopOrder,
    count_own_orders,
    get_order,
    get_own_orders,
    get_purchase,
    list_orders,
    own_order,
)
from datong.commerce.order.refunds import (
    LineRefund,
    RefundTooHigh,
    StockDisposition,
    charges_of,
    freight_with,
    max_refundable,
    refund_line,
)
from datong.commerce.order.reprice_order import reprice_order
from datong.commerce.order.ship_many import ShipRequest, ship_many
from datong.commerce.order.ship_order import ship_order
from datong.commerce.order.simulate_promotion import MAX_TRIED_SHOPS, Simulation, simulate_promotion
from datong.commerce.order.states import IN_ESCROW, SHIP_PROMISE_HOURS, OrderState, WrongOrderState
from datong.commerce.order.transitions import lines_of, lock_order

__all__ = [
    "FLAGS",
    "IN_ESCROW",
    "MAX_TRIED_SHOPS",
    "SHIP_PROMISE_HOURS",
    "CannotExtend",
    "CartEmpty",
    "CloseTooFast",
    "Deposit",
    "LineRefund",
    "NothingToShip",
    "OrderLine",
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
    "ShipRequest",
    "ShopOrder",
    "Simulation",
    "StockDisposition",
    "WrongOrderState",
    "cancel_paid_order",
    "charges_of",
    "close_order",
    "collect_order",
    "confirm_order",
    "copy_order_now",
    "count_own_orders",
    "count_seller_orders",
    "default_on_deposit",
    "discount_of",
    "end_case",
    "end_unpaid",
    "extend_by_buyer",
    "extend_by_seller",
    "find_presale",
    "find_seller_order",
    "freight_with",
    "get_memos",
    "get_order",
    "get_own_orders",
    "get_purchase",
    "hand_over",
    "line_of",
    "lines_of",
    "list_deposits",
    "list_flagged_orders",
    "list_orders",
    "list_presales",
    "list_seller_orders",
    "lock_order",
    "make_presale",
    "max_refundable",
    "needs_address",
    "open_case",
    "own_order",
    "pay_deposit",
    "pay_purchase",
    "place_deposit",
    "place_purchase",
    "refund_line",
    "renew_collection_code",
    "reprice_order",
    "run_due_orders",
    "set_memo",
    "ship_many",
    "ship_order",
    "shop_earnings",
    "simulate_promotion",
    "stop_presale",
]
