"""Words of the room `order`; English here is the key of the translations."""

COURIERS = ("sandbox", "easypost", "other")
STATES: dict[str, str] = {
    "WAIT_BUYER_PAY": "To pay",
    "WAIT_SELLER_SEND_GOODS": "To ship",
    "SELLER_CONSIGNED_PART": "Partly shipped",
    "WAIT_BUYER_CONFIRM_GOODS": "On its way",
    "TRADE_FINISHED": "Done",
    "TRADE_CLOSED": "Cancelled, refunded",
    "TRADE_CLOSED_UNPAID": "Closed",
}
REASONS: dict[str, str] = {
    "not_wanted": "No longer wanted",
    "wrong_details": "Wrong order details",
    "out_of_stock": "Out of stock",
    "cannot_pay": "I cannot pay",
    "duplicate": "Duplicate order",
    "agreed_with_seller": "Agreed with the other party",
    "other": "Other reason",
}
STEPS: dict[str, str] = {
    "accepted": "Accepted by the courier",
    "in_transit": "In transit",
    "out_for_delivery": "Out for delivery",
    "delivered": "Delivered",
    "failed": "Delivery failed",
}
DEPOSIT_STATES: dict[str, str] = {
    "WAIT_DEPOSIT": "Deposit to pay",
    "DEPOSIT_PAID": "Deposit paid",
    "BALANCE_PLACED": "Balance to pay",
    "DONE": "Paid in full",
    "CLOSED_UNPAID": "Closed",
    "FORFEITED": "Deposit forfeited",
    "DOUBLED": "Refunded double",
    "REFUNDED": "Cancelled, refunded",
}
FLAGS: dict[str, str] = {"1": "Red", "2": "Yellow", "3": "Green", "4": "Blue", "5": "Purple"}
TIMERS: dict[str, str] = {
    "shop_order": "Orders: closing, shipping, confirming",
    "deposit": "Presale deposits",
}
NOTICES: dict[str, str] = {
    "order_paid": "Payment received. The seller is packing your order.",
    "order_shipped": "A parcel is on its way to you.",
    "order_delivered": "A parcel was delivered. Confirm when you have everything.",
    "order_ready": "Your order is ready to collect. The code is on the order page.",
    "order_contents": "Your digital goods have arrived. You find them on the order page.",
    "order_performed": "A service in your order was performed. Please confirm.",
    "order_collected": "Your order was handed out against your code.",
    "order_repriced": "The seller has changed your price.",
    "order_ship_late": "The seller has not shipped in time. You may cancel; what is not shipped is refunded by itself.",
    "order_closed": "An order was closed.",
    "order_refunded": "Your refund is on its way.",
    "deposit_ended": "A deposit has been closed.",
    "shop_order_paid": "There is a new order to ship.",
    "shop_ship_late": "An order is late. Ship it: what is not shipped in time is refunded to the buyer.",
    "shop_unsent_refunded": "What was not shipped of an order was refunded to its buyer.",
    "shop_order_closed": "An order was closed.",
    "shop_order_finished": "A buyer has confirmed receipt; the money is in your balance.",
}
NOTICE_LINKS: dict[str, str] = {
    "order_paid": "/orders/{order_id}",
    "order_shipped": "/orders/{order_id}",
    "order_delivered": "/orders/{order_id}",
    "order_ready": "/orders/{order_id}",
    "order_contents": "/orders/{order_id}",
    "order_performed": "/orders/{order_id}",
    "order_collected": "/orders/{order_id}",
    "order_repriced": "/orders/{order_id}",
    "order_ship_late": "/orders/{order_id}",
    "order_closed": "/orders/{order_id}",
    "order_refunded": "/orders/{order_id}",
    "deposit_ended": "/deposits",
    "shop_order_paid": "/orders/{order_id}",
    "shop_ship_late": "/orders/{order_id}",
    "shop_unsent_refunded": "/orders/{order_id}",
    "shop_order_closed": "/orders/{order_id}",
    "shop_order_finished": "/orders/{order_id}",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
WRONG_CODES: dict[str, str] = {
    "wrong": "This is not the buyer's code. Please check it.",
    "locked": "Too many wrong codes. Ask the buyer for a new one.",
}
"""What a shop reads when a collection code is not taken."""
REFUSALS: dict[str, str] = {
    "order.cut_too_deep": "At most %(most)s cents can be taken off.",
    "order.presale_running": "This product is in a presale already.",
    "order.not_in_presale": "Deposits for this are not open now.",
    "order.deposit_moved": "The balance of this deposit cannot be paid now.",
    "order.voucher_gone": "A coupon or coins in this order are no longer available. Please check the total again.",
    "order.cart_empty": "No items are selected in your cart.",
    "order.price_moved": "The total has changed. Please check it again.",
    "order.too_many_unpaid": "You have %(most)s orders waiting for payment. Please pay or cancel some first.",
    "order.line_unavailable": "Something in your order can't be bought right now.",
    "order.hold_too_old": "This took too long. Please try again.",
    "order.nothing_to_pay": "Nothing in this purchase is awaiting payment.",
    "order.close_too_fast": "An order can be closed %(seconds)s after it was placed.",
    "order.wrong_state": "The order has changed; this is no longer possible.",
    "order.nothing_to_ship": "These items are handed over already.",
    "order.own_presale": "You work in this shop; its presales are for others.",
    "order.method_gone": "The delivery method of this item (%(method)s) is not installed.",
    "order.nothing_to_collect": "Nothing in this order is waiting to be collected.",
    "order.cannot_extend": "You can extend once, in the last %(days)s days.",
    "order.refund_is_open": "A refund of this order is open. Withdraw it first, or wait until it is settled.",
    "order.refund_too_high": "That is more than can still be refunded.",
}
SELLER_TABS: dict[str, tuple[str, ...]] = {
    "ship": ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"),
    "pay": ("WAIT_BUYER_PAY",),
    "sent": ("WAIT_BUYER_CONFIRM_GOODS",),
    "done": ("TRADE_FINISHED", "TRADE_CLOSED", "TRADE_CLOSED_UNPAID"),
    "all": (),
}
"""The tabs of a shop's list of orders, and the states that each holds (none: all)."""
SELLER_TAB_LABELS: dict[str, str] = {
    "ship": "To ship",
    "pay": "To pay",
    "sent": "On its way",
    "done": "Ended",
    "all": "All",
}
BUYER_TABS: dict[str, list[str]] = {
    "": [],
    "pay": ["WAIT_BUYER_PAY"],
    "ship": ["WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"],
    "receive": ["WAIT_BUYER_CONFIRM_GOODS"],
    "done": ["TRADE_FINISHED", "TRADE_CLOSED", "TRADE_CLOSED_UNPAID"],
}
"""The tabs of a buyer's list of orders, and the states that each holds (none: all)."""
BUYER_TAB_LABELS: dict[str, str] = {
    "": "All",
    "pay": "To pay",
    "ship": "To ship",
    "receive": "On its way",
    "done": "Done",
}
