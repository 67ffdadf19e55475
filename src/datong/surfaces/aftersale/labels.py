"""Words of the room `aftersale`; English here is the key of the translations."""

CASE_STATES: dict[str, str] = {
    "WAIT_SELLER_AGREE": "The shop is to answer",
    "SELLER_REFUSE_BUYER": "The shop has refused",
    "WAIT_BUYER_RETURN_GOODS": "To be sent back",
    "WAIT_SELLER_CONFIRM_GOODS": "On its way back",
    "WAIT_SELLER_SEND_GOODS": "The shop is to send another",
    "WAIT_BUYER_CONFIRM_GOODS": "The other one is on its way",
    "SUCCESS": "Settled",
    "CLOSED": "Ended",
}
AT_ZERO: dict[str, str] = {
    "WAIT_SELLER_AGREE": "If the shop says nothing, it has agreed, in",
    "SELLER_REFUSE_BUYER": "The refusal stands in",
    "WAIT_BUYER_RETURN_GOODS": "Ends without a return in",
    "WAIT_SELLER_CONFIRM_GOODS": "The money goes back by itself in",
    "WAIT_SELLER_SEND_GOODS": "The price is given back instead in",
    "WAIT_BUYER_CONFIRM_GOODS": "Counts as received in",
}
CASE_KINDS: dict[str, str] = {
    "REFUND": "Money back, nothing to return",
    "REFUND_AND_RETURN": "Return for the money",
    "EXCHANGE": "Exchange for another one",
    "RESHIPPING": "Send it once more",
}
CASE_REASONS: dict[str, str] = {
    "not_wanted": "I do not want it any more",
    "late_shipping": "It is not sent in time",
    "out_of_stock": "The shop has none left",
    "no_reason": "No reason, within seven days",
    "wrong_size": "It does not fit",
    "not_received": "It never came",
    "damaged": "It came damaged",
    "quality": "Something is wrong with it",
    "not_as_described": "It is not as described",
    "wrong_item": "It is another thing",
    "missing_parts": "Something is missing",
    "counterfeit": "It is a counterfeit",
    "agreed": "Agreed with the other side",
    "other": "Another reason",
}
CASE_ACTIONS: dict[str, str] = {
    "asked": "The buyer asked",
    "changed": "The buyer changed what is asked for",
    "said": "A message",
    "agreed": "The shop agreed",
    "refused": "The shop refused",
    "withdrawn": "The buyer withdrew",
    "seller_silent": "The shop was silent, which agrees",
    "fast_refund": "Granted at once: a buyer in good standing",
    "no_return_address": "The shop names no address: nothing to send back",
    "sent_meanwhile": "The shop has sent it meanwhile",
    "order_closed": "All of the order was given back",
    "nothing_left": "Nothing was left to give back",
    "sent_back": "The buyer sent it back",
    "return_signed": "The return was signed for",
    "goods_confirmed": "The shop has the goods",
    "receipt_silent": "The shop was silent about the return",
    "not_sent_back": "Nothing was sent back in time",
    "refusal_stands": "Nobody went on: the refusal stands",
    "replacement_sent": "The shop sent another one",
    "replacement_confirmed": "The buyer has the other one",
    "replacement_silent": "Counts as received",
    "replacement_late": "Nothing was sent in time: the price goes back",
    "platform_called": "The platform was called",
    "evidence_added": "A file was handed in",
    "evidence_complete": "One side has nothing more to hand in",
    "evidence_closed": "The time for evidence is over",
    "decided": "The platform decided",
    "return_first": "The goods go back first",
    "rejected": "The platform rejected it",
    "decision_stands": "Nobody appealed: the decision stands",
    "appealed": "An appeal",
    "appeal_upheld": "The appeal was upheld",
    "appeal_dismissed": "The appeal was dismissed",
}
SIDES: dict[str, str] = {"buyer": "Buyer", "seller": "Shop", "staff": "Platform", "clock": "The clock"}
HELP: dict[int, str] = {
    3: "The platform decides",
    6: "Decided",
    8: "Decided for the buyer",
    9: "Decided for the shop",
    10: "Evidence is handed in",
    11: "An appeal is looked at",
}
OUTCOMES: dict[str, str] = {
    "refund": "Money back",
    "return_first": "Goods back first, then the money",
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
    "refund_changed": "The shop has answered your request.",
    "refund_ended": "A request is settled.",
    "dispute_decided": "The platform has decided.",
    "shop_refund_opened": "A buyer asks for a refund or an exchange.",
    "shop_refund_changed": "A buyer has done its part of a request.",
    "shop_dispute_decided": "The platform has decided a dispute.",
    "shop_adjusted": "The platform has settled something with the shop.",
}
NOTICE_LINKS: dict[str, str] = {
    "refund_changed": "/refunds/{case_id}",
    "refund_ended": "/refunds/{case_id}",
    "dispute_decided": "/refunds/{case_id}",
    "shop_refund_opened": "/refunds/{case_id}",
    "shop_refund_changed": "/refunds/{case_id}",
    "shop_dispute_decided": "/refunds/{case_id}",
    "shop_adjusted": "/refunds/{case_id}",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "aftersale.wrong_state": "The request has moved on; this is not possible any more.",
    "aftersale.case_moved": "Someone has acted on this request since you opened the page. Please look once more.",
    "aftersale.dispute_is_open": "The platform is deciding. Until then nothing else can be asked for.",
    "aftersale.case_is_open": "There is an open request for this item already.",
    "aftersale.window_over": "The time in which this could be asked for is over.",
    "aftersale.not_returnable": "These goods are not taken back without a reason.",
    "aftersale.may_not_refuse": "This cannot be refused: nothing was sent, or the goods come back in time without a reason.",
    "aftersale.address_missing": "Say first where returns go.",
    "aftersale.batch_too_large": "That is too many at once: at most %(most)s requests, and a limited sum.",
    "aftersale.evidence_over": "The time for evidence is over.",
    "aftersale.no_dispute": "There is nothing to decide here now.",
    "aftersale.goodwill_short": "This month's goodwill budget does not reach for that.",
}
CASE_TABS: dict[str, str] = {"due": "Waiting for you", "open": "In progress", "all": "All"}
