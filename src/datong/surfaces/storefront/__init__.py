"""The shoppers' pages: HTML that works without JavaScript."""

from datong.surfaces.storefront import (
    account,
    browsing,
    buying,
    deposits,
    keeping,
    messages,
    orders,
    paying,
    refunds,
    reviewing,
    searching,
    security,
    selling,
    wallet,
)

HANDLERS = [
    *browsing.HANDLERS,
    *buying.HANDLERS,
    *orders.HANDLERS,
    *paying.HANDLERS,
    *account.HANDLERS,
    *wallet.HANDLERS,
    *deposits.HANDLERS,
    *refunds.HANDLERS,
    *reviewing.HANDLERS,
    *searching.HANDLERS,
    *keeping.HANDLERS,
    *messages.HANDLERS,
    *security.HANDLERS,
    *selling.HANDLERS,
]

__all__ = ["HANDLERS"]
