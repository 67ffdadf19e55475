"""Words of the room `payment`; English here is the key of the translations."""

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
PAYOUT_STATES: dict[str, str] = {
    "REQUESTED": "Asked for",
    "SENT": "On its way to the bank",
    "PAID": "Arrived",
    "DECLINED": "Came back",
}
ACCOUNTS: dict[str, str] = {
    "gateway": "At gateways",
    "unapplied": "Taken, not yet given to orders",
    "escrow": "Escrow of an order",
    "presale": "Deposit of a presale",
    "refund_due": "Refund on its way",
    "commission": "Commission earned",
    "subsidy": "Paid for lower prices",
    "goodwill": "Goodwill",
    "shop_transit": "On its way to a shop",
    "shop_balance": "Balance of a shop",
    "payout_due": "Payout on its way",
    "bank": "Bank",
    "deposit": "Deposit of a shop",
    "fee": "Annual fees",
}
TIMERS: dict[str, str] = {
    "charge": "Charges without a word",
    "refund": "Refunds to send",
    "payout": "Payouts to send",
}
NOTICES: dict[str, str] = {
    "shop_payout_paid": "A payout has reached the bank.",
}
NOTICE_LINKS: dict[str, str] = {
    "shop_payout_paid": "/funds",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "payment.escrow_short": "The money of this order is not where it should be.",
    "payment.amount_differs": "The gateway took another amount than was asked.",
    "payment.balance_short": "The balance is lower than that.",
}
