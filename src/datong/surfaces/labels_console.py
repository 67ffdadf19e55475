"""Words of the console: accounts, clocks, kinds of attributes; English here is the key of the translations."""

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
    "shop_order": "Orders: closing, confirming",
    "deposit": "Deposits of presales",
    "refund_case": "Refund cases",
    "dispute": "Disputes",
    "charge": "Charges without a word",
    "refund": "Refunds to send",
    "payout": "Payouts to send",
    "hold": "Stock held for checkouts",
    "parcel": "Parcels to follow",
    "order_rating": "Reviews to reveal",
}
ATTRIBUTE_KINDS: dict[str, str] = {"choice": "A choice", "text": "Text", "number": "A number", "flag": "Yes or no"}
TILES: dict[str, str] = {
    "shops": "Shops waiting",
    "disputes": "Disputes",
    "reviews": "Reviews to look at",
    "waiting": "Facts waiting",
    "dead": "Dead letters",
}
WHOLE: dict[str, str] = {"platform": "The whole platform"}
