"""Payment: buyers' money in escrow, a double-entry ledger, gateways, commission, balances, payouts.

Owns the ledger, charges, refunds, shops' dues and payouts. Calls `messaging`, `merchant`, `storefront`, `rulebook` and the gateways
behind their Protocol. Tells `PayoutPaid`. Every movement is one posting whose legs sum to zero, in one
bucket; what crosses from the buyer's bucket to the shop's is in transit until the fact arrives.
"""

from datong.commerce.payment.balances import get_shop_balance, list_statement
from datong.commerce.payment.charges import (
    ChargePart,
    PaidCharge,
    find_live_charge,
    list_parts,
    record_event,
    request_charge,
    send_charge,
)
from datong.commerce.payment.dues import receive_dues
from datong.commerce.payment.escrow import (
    PaidFor,
    fund_escrow,
    fund_presale,
    join_escrow,
    pay_double,
    refund_escrow,
    refund_unapplied,
    settle_escrow,
    settle_presale,
)
from datong.commerce.payment.ledger_queries import (
    get_posting,
    list_entries,
    list_held,
    list_platform_totals,
    owned_accounts,
)
from datong.commerce.payment.payouts import (
    find_payout_account,
    list_payouts,
    request_payout,
    schedule_payouts,
    send_payouts,
    set_payout_account,
)
from datong.commerce.payment.reconciliation import check_lost_charges
from datong.commerce.payment.refunds import (
    Refund,
    list_declined_refunds,
    list_refunds,
    resend_refund,
    send_refunds,
)
from datong.commerce.payment.reversal import Undone, compensate_shop, pay_extra, refund_settled, settle_rest
from datong.commerce.payment.settlement_parts import (
    LineParts,
    SettledLine,
    SettlementPart,
)

__all__ = [
    "ChargePart",
    "LineParts",
    "PaidCharge",
    "PaidFor",
    "Refund",
    "SettledLine",
    "SettlementPart",
    "Undone",
    "check_lost_charges",
    "compensate_shop",
    "find_live_charge",
    "find_payout_account",
    "fund_escrow",
    "fund_presale",
    "get_posting",
    "get_shop_balance",
    "join_escrow",
    "list_declined_refunds",
    "list_entries",
    "list_held",
    "list_parts",
    "list_payouts",
    "list_platform_totals",
    "list_refunds",
    "list_statement",
    "owned_accounts",
    "pay_double",
    "pay_extra",
    "receive_dues",
    "record_event",
    "refund_escrow",
    "refund_settled",
    "refund_unapplied",
    "request_charge",
    "request_payout",
    "resend_refund",
    "schedule_payouts",
    "send_charge",
    "send_payouts",
    "send_refunds",
    "set_payout_account",
    "settle_escrow",
    "settle_presale",
    "settle_rest",
]
