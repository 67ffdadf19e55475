"""Payment: buyers' money in escrow, a double-entry ledger, gateways, commission, balances, payouts.

Owns the ledger with its balances, charges, refunds, shops' dues and payouts. Asks the rooms above what is to be paid,
and hands them what became of it, through `Payable`: it knows no kind of things that are paid for. Calls `messaging`,
`merchant`, `storefront`, `rulebook`, `verification` and the gateways behind their Protocol. Tells `PayoutPaid`. Every
movement is one posting whose legs sum to zero, in one bucket; what crosses from the buyer's bucket to the shop's is in
transit until the fact arrives.
"""

from datong.commerce.payment.balances import get_shop_balance, list_statement
from datong.commerce.payment.charges import (
    Charge,
    ChargePart,
    PaidCharge,
)
from datong.commerce.payment.dues import receive_dues
from datong.commerce.payment.escrow import (
    fund_account,
    join_escrow,
    pay_double,
    refund_account,
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
from datong.commerce.payment.open_charge import open_charge
from datong.commerce.payment.payables import PaidRefund, Payable, PayableView
from datong.commerce.payment.payouts import (
    find_payout_account,
    list_payouts,
    request_payout,
    set_payout_account,
)
from datong.commerce.payment.refunds import (
    Refund,
    list_declined_refunds,
    list_refunds,
    resend_refund,
)
from datong.commerce.payment.reversal import Undone, compensate_shop, pay_extra, refund_settled, settle_rest
from datong.commerce.payment.settlement_parts import (
    LineParts,
    SettledLine,
    SettlementPart,
)
from datong.commerce.payment.take_payment import take_payment

__all__ = [
    "Charge",
    "ChargePart",
    "LineParts",
    "PaidCharge",
    "PaidRefund",
    "Payable",
    "PayableView",
    "Refund",
    "SettledLine",
    "SettlementPart",
    "Undone",
    "compensate_shop",
    "find_payout_account",
    "fund_account",
    "get_posting",
    "get_shop_balance",
    "join_escrow",
    "list_declined_refunds",
    "list_entries",
    "list_held",
    "list_payouts",
    "list_platform_totals",
    "list_refunds",
    "list_statement",
    "open_charge",
    "owned_accounts",
    "pay_double",
    "pay_extra",
    "receive_dues",
    "refund_account",
    "refund_escrow",
    "refund_settled",
    "refund_unapplied",
    "request_payout",
    "resend_refund",
    "set_payout_account",
    "settle_escrow",
    "settle_presale",
    "settle_rest",
    "take_payment",
]
