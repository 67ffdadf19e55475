"""Words for states, reasons and steps; English here is the key of the translations."""

from collections.abc import Mapping

from datong.surfaces.language import translate

COURIERS = ("sandbox", "easypost", "other")
"""Who carries a parcel, as a form offers them."""

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
    "not_wanted": "I do not want it any more",
    "wrong_details": "Something in it is wrong",
    "out_of_stock": "It is out of stock",
    "cannot_pay": "I cannot pay",
    "duplicate": "It was placed twice",
    "agreed_with_seller": "Agreed with the other side",
    "other": "Another reason",
}
STEPS: dict[str, str] = {
    "accepted": "Accepted by the courier",
    "in_transit": "In transit",
    "out_for_delivery": "Out for delivery",
    "delivered": "Delivered",
    "failed": "Delivery failed",
}
SORTS: dict[str, str] = {
    "mixed": "For you",
    "newest": "Newest",
    "price_up": "Price, low first",
    "price_down": "Price, high first",
}
SHOP_STATES: dict[str, str] = {
    "SUBMITTED": "Submitted",
    "UNDER_REVIEW": "Under review",
    "AWAIT_PAYMENT": "Waiting for its dues",
    "OPEN": "Open",
    "RESTRICTED": "Restricted",
    "REJECTED": "Rejected",
    "CLOSED": "Closed",
}
FAVOURITE_TABS: dict[str, str] = {"product": "Products", "shop": "Shops"}
MOVEMENTS: dict[str, str] = {
    "order_earned": "Order finished",
    "subsidy_earned": "Paid by Datong for a lower price",
    "order_refunded": "Refund after success",
    "return_freight": "Freight of a return",
    "compensation": "Compensation by Datong",
    "deposit_earned": "Deposit of a presale",
    "payout": "Payout",
    "payout_declined": "Payout came back",
}
VOUCHER_STATES: dict[str, str] = {
    "CLAIMED": "To use",
    "LOCKED": "In an order",
    "USED": "Used",
    "EXPIRED": "Run out",
}
DEPOSIT_STATES: dict[str, str] = {
    "WAIT_DEPOSIT": "Deposit to pay",
    "DEPOSIT_PAID": "Deposit paid",
    "BALANCE_PLACED": "Balance to pay",
    "DONE": "Paid in full",
    "CLOSED_UNPAID": "Closed",
    "FORFEITED": "Deposit lost",
    "DOUBLED": "Given back double",
    "REFUNDED": "Cancelled, refunded",
}
PROMOTION_KINDS: dict[str, str] = {
    "shop-minus": "Amount off from an amount",
    "shop-percent": "Percent off from an amount",
    "item-price": "A special price",
    "item-percent": "Percent off single goods",
    "shop-free_freight": "Free freight from an amount",
    "shop_voucher-minus": "Coupons to be claimed",
}


def worded(labels: Mapping[str, str], language: str) -> dict[str, str]:
    """Labels in a language."""
    return {key: translate(text, language) for key, text in labels.items()}
