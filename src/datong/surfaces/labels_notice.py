"""Words of notices; English here is the key of the translations."""

MEMBER_NOTICES: dict[str, str] = {
    "order_paid": "Your payment has arrived. The shop packs your order.",
    "order_shipped": "A parcel is on its way to you.",
    "order_delivered": "A parcel was delivered. Confirm when you have everything.",
    "order_repriced": "The shop has changed what you pay.",
    "order_closed": "An order was closed.",
    "order_refunded": "Money is on its way back to you.",
    "refund_changed": "The shop has answered your request.",
    "refund_ended": "A request is settled.",
    "dispute_decided": "The platform has decided.",
    "review_replied": "The shop has replied to your review.",
    "deposit_ended": "A deposit has ended.",
    "voucher_claimed": "A voucher lies in your wallet.",
    "staff_changed": "Your role in a shop was changed.",
    "welcome": "Welcome! Everything of every brand is in one cart here.",
}
SHOP_NOTICES: dict[str, str] = {
    "shop_order_paid": "A new order is to be sent.",
    "shop_order_closed": "An order has ended without success.",
    "shop_order_finished": "A buyer has confirmed; the money is yours.",
    "shop_refund_opened": "A buyer asks for a refund or an exchange.",
    "shop_refund_changed": "A buyer has done its part of a request.",
    "shop_dispute_decided": "The platform has decided a dispute.",
    "shop_reviewed": "A buyer has written a review.",
    "shop_payout_paid": "A payout has reached the bank.",
    "shop_adjusted": "The platform has settled something with the shop.",
    "shop_imported": "A table has come in; its report is ready.",
    "shop_opened": "The shop is open.",
}
