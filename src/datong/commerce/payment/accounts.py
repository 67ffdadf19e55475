"""The ledger accounts of payment, and the rule about overdrafts that follows from all that rooms declare."""

from datong.kernel.house import Account, House

ACCOUNTS: tuple[Account, ...] = (
    Account("gateway", "", "minus what gateways hold for the platform", is_overdraft_allowed=True),
    Account("unapplied", "charge", "taken, not yet given to what it was paid for"),
    Account("escrow", "order", "the buyer's money until the trade ends"),
    Account("presale", "deposit", "a paid deposit until its balance is paid"),
    Account("refund_due", "refund", "on its way back to the buyer"),
    Account("commission", "", "what the platform has earned"),
    Account(
        "subsidy", "promotion", "minus what the platform has paid shops for lowering prices", is_overdraft_allowed=True
    ),
    Account("goodwill", "", "minus what the platform has given to settle disputes", is_overdraft_allowed=True),
    Account("shop_transit", "shop", "between the buyer's bucket and the shop's", is_overdraft_allowed=True),
    Account("shop_balance", "shop", "what the shop may be paid", is_overdraft_allowed=True),
    Account("payout_due", "payout", "on its way to the shop's bank"),
    Account("bank", "", "minus what came in by transfer, plus what payouts sent", is_overdraft_allowed=True),
    Account("deposit", "shop", "what shops paid in"),
    Account("fee", "", "annual fees of shops"),
)
"""What is owed to somebody is positive; the sum over all accounts is zero."""


def overdraft_function(house: House) -> str:
    """SQL of the function that the constraint on balances asks: exactly the declared accounts may go below zero."""
    names = ", ".join(f"'{name}'" for name, each in sorted(house.accounts.items()) if each.is_overdraft_allowed)
    return f"""
        create or replace function ledger_may_overdraw(p_account text) returns boolean
        language sql immutable parallel safe as $$ select p_account in ({names}) $$;
    """
