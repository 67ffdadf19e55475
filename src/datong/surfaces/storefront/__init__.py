"""The shoppers' pages: HTML that works without JavaScript."""

from datong.surfaces.storefront import account, browsing, buying, orders, paying

HANDLERS = [*browsing.HANDLERS, *buying.HANDLERS, *orders.HANDLERS, *paying.HANDLERS, *account.HANDLERS]

__all__ = ["HANDLERS"]
