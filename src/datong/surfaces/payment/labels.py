"""Words of the room `payment`; English here is the key of the translations."""

MOVEMENTS: dict[str, str] = {
    "order_earned": "Order finished",
    "subsidy_earned": "Discount paid by Datong",
    "order_refunded": "Refund after completion",
    "return_freight": "Return shipping",
    "compensation": "Compensation by Datong",
    "deposit_earned": "Presale deposit",
    "dues_returned": "Deposit and fee returned",
    "payout": "Payout",
    "payout_declined": "Payout returned",
}
PAYOUT_STATES: dict[str, str] = {
    "REQUESTED": "Requested",
    "SENT": "On its way to the bank",
    "PAID": "Arrived",
    "DECLINED": "Returned",
}
ACCOUNTS: dict[str, str] = {
    "gateway": "At gateways",
    "unapplied": "Unapplied cash",
    "escrow": "Order escrow",
    "presale": "Presale deposit",
    "refund_due": "Refund on its way",
    "commission": "Commission earned",
    "subsidy": "Price subsidies",
    "goodwill": "Goodwill",
    "shop_transit": "Clearing to shops",
    "shop_balance": "Shop balance",
    "payout_due": "Payout on its way",
    "bank": "Bank",
    "deposit": "Shop deposit",
    "fee": "Annual fees",
}
TIMERS: dict[str, str] = {
    "charge": "Charges without a result",
    "refund": "Refunds to send",
    "payout": "Payouts to send",
    "payout_account": "Accounts to be checked",
}
NOTICES: dict[str, str] = {
    "shop_payout_paid": "A payout has reached the bank.",
}
NOTICE_LINKS: dict[str, str] = {
    "shop_payout_paid": "/funds",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "payment.account_not_verified": "The account has to be verified before money is paid out to it. "
    "Save it again to have it checked.",
    "payment.escrow_short": "The money of this order does not add up.",
    "payment.amount_differs": "The gateway charged a different amount than requested.",
    "payment.balance_short": "The balance is not enough.",
    "payment.payable_unknown": "There is nothing of this kind to be paid here.",
}
