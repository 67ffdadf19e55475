"""Words of the room `aftersale`; English here is the key of the translations."""

CASE_STATES: dict[str, str] = {
    "WAIT_SELLER_AGREE": "Awaiting seller",
    "SELLER_REFUSE_BUYER": "Seller refused",
    "WAIT_BUYER_RETURN_GOODS": "Awaiting return",
    "WAIT_SELLER_CONFIRM_GOODS": "Return in transit",
    "WAIT_SELLER_SEND_GOODS": "Awaiting replacement",
    "WAIT_BUYER_CONFIRM_GOODS": "Replacement in transit",
    "WAIT_SELLER_RETURN_GOODS": "Seller sends the goods back",
    "WAIT_BUYER_RECEIVE_GOODS": "Goods on their way back to the buyer",
    "SUCCESS": "Completed",
    "CLOSED": "Ended",
}
AT_ZERO: dict[str, str] = {
    "WAIT_SELLER_AGREE": "Auto-approved in",
    "SELLER_REFUSE_BUYER": "Refusal becomes final in",
    "WAIT_BUYER_RETURN_GOODS": "Closes without a return in",
    "WAIT_SELLER_CONFIRM_GOODS": "Auto-refunds in",
    "WAIT_SELLER_SEND_GOODS": "Refunded instead in",
    "WAIT_BUYER_CONFIRM_GOODS": "Auto-confirms in",
    "WAIT_SELLER_RETURN_GOODS": "Refunded unless sent back within",
    "WAIT_BUYER_RECEIVE_GOODS": "Auto-closes in",
}
CASE_KINDS: dict[str, str] = {
    "REFUND": "Refund only",
    "REFUND_AND_RETURN": "Return & refund",
    "EXCHANGE": "Exchange",
    "RESHIPPING": "Resend missing item",
}
CASE_REASONS: dict[str, str] = {
    "not_wanted": "No longer wanted",
    "late_shipping": "Not shipped in time",
    "out_of_stock": "Out of stock",
    "no_reason": "Seven-day no-reason return",
    "wrong_size": "Doesn't fit",
    "not_received": "Not received",
    "damaged": "Arrived damaged",
    "quality": "Quality problem",
    "not_as_described": "Not as described",
    "wrong_item": "Wrong item",
    "missing_parts": "Missing items or parts",
    "counterfeit": "Counterfeit",
    "agreed": "Agreed with the other party",
    "other": "Other reason",
}
CASE_ACTIONS: dict[str, str] = {
    "asked": "Buyer submitted the request",
    "changed": "Buyer changed the request",
    "said": "Left a message",
    "agreed": "Seller agreed",
    "refused": "Seller refused",
    "withdrawn": "Buyer withdrew the request",
    "seller_silent": "No response from the seller: approved",
    "fast_refund": "Instant refund: buyer in good standing",
    "no_return_address": "No return address set: nothing to return",
    "sent_meanwhile": "Seller has shipped it",
    "order_closed": "Order fully refunded",
    "nothing_left": "Nothing left to refund",
    "sent_back": "Buyer returned the goods",
    "return_signed": "Return signed for",
    "goods_confirmed": "Seller received the return",
    "receipt_silent": "Seller did not confirm the return in time",
    "not_sent_back": "Not returned in time",
    "refusal_stands": "No response: the refusal stands",
    "replacement_sent": "Seller sent a replacement",
    "replacement_confirmed": "Buyer received the replacement",
    "replacement_silent": "Counted as received",
    "replacement_late": "No replacement in time: refunding instead",
    "goods_sent_back": "Seller sent the goods back",
    "goods_back": "The buyer has the goods again",
    "goods_kept": "Goods not sent back in time: refunding instead",
    "decision_late": "The decision is late",
    "ended_by_appeal": "Ended by the appeal",
    "platform_called": "Platform stepped in",
    "evidence_added": "Evidence uploaded",
    "evidence_complete": "Evidence complete",
    "evidence_closed": "Evidence closed",
    "decided": "Platform decided",
    "return_first": "Return first",
    "rejected": "Platform rejected it",
    "decision_stands": "No appeal: the decision is final",
    "appealed": "Appeal filed",
    "appeal_upheld": "The appeal was upheld",
    "appeal_dismissed": "The appeal was dismissed",
}
SIDES: dict[str, str] = {"buyer": "Buyer", "seller": "Shop", "staff": "Platform", "clock": "System"}
HELP: dict[int, str] = {
    3: "Platform is deciding",
    6: "Decided",
    8: "Decided for the buyer",
    9: "Decided for the shop",
    10: "Collecting evidence",
    11: "Appeal under review",
}
ON_FILE: dict[str, str] = {
    "on_file.has_goods": "Decided on file: the shop has the goods, so the money goes back.",
    "on_file.not_signed": "Decided on file: nothing shows that the buyer signed for the goods.",
    "on_file.signed": "Decided on file: the courier says that the goods were signed for.",
    "on_file.proven": "Decided on file: the buyer has handed in evidence.",
    "on_file.not_proven": "Decided on file: the buyer has handed in no evidence.",
    "on_file.unheard": "The decision stands: nobody found it wrong in time.",
}
"""Why the clock decided, where staff did not."""
OUTCOMES: dict[str, str] = {
    "refund": "Refund",
    "return_first": "Return first, then refund",
    "reject": "Reject",
}
REFUND_STATES: dict[str, str] = {
    "REQUESTED": "on its way",
    "SENT": "on its way",
    "SUCCEEDED": "arrived",
    "DECLINED": "declined by the bank; we try again",
}
TIMERS: dict[str, str] = {
    "refund_case": "Refund cases",
    "dispute": "Disputes",
}
NOTICES: dict[str, str] = {
    "refund_changed": "The seller has responded to your request.",
    "refund_ended": "A refund request is closed.",
    "dispute_late": "The platform's decision is late. It is made on file if it does not come soon.",
    "dispute_decided": "The platform has decided.",
    "shop_refund_opened": "A buyer asks for a refund or an exchange.",
    "shop_refund_changed": "A buyer has updated a refund request.",
    "shop_dispute_late": "The platform's decision is late. It is made on file if it does not come soon.",
    "shop_dispute_decided": "The platform has decided a dispute.",
    "shop_adjusted": "The platform has made an adjustment for the shop.",
}
NOTICE_LINKS: dict[str, str] = {
    "refund_changed": "/refunds/{case_id}",
    "refund_ended": "/refunds/{case_id}",
    "dispute_late": "/refunds/{case_id}",
    "dispute_decided": "/refunds/{case_id}",
    "shop_refund_opened": "/refunds/{case_id}",
    "shop_refund_changed": "/refunds/{case_id}",
    "shop_dispute_late": "/refunds/{case_id}",
    "shop_dispute_decided": "/refunds/{case_id}",
    "shop_adjusted": "/refunds/{case_id}",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "aftersale.wrong_state": "The request has changed; this is no longer possible.",
    "aftersale.case_moved": "This request has changed since you opened the page. Please refresh.",
    "aftersale.dispute_is_open": "The platform is deciding. The request can't be changed until then.",
    "aftersale.case_is_open": "This item already has an open request.",
    "aftersale.already_decided": "The platform has decided about this already; it can't be requested again.",
    "aftersale.window_over": "The time to request this is over.",
    "aftersale.not_returnable": "This product can't be returned without a reason.",
    "aftersale.may_not_refuse": "You can't refuse this: nothing was shipped, or it can be returned without a reason.",
    "aftersale.address_missing": "Please set a return address first.",
    "aftersale.batch_too_large": "Too many at once: up to %(most)s requests with a limited total.",
    "aftersale.evidence_over": "The time to submit evidence is over.",
    "aftersale.no_dispute": "There is nothing to decide here.",
    "aftersale.goodwill_short": "This month's goodwill budget is not enough.",
}
CASE_TABS: dict[str, str] = {"due": "Waiting for you", "open": "In progress", "all": "All"}
