"""The merchants' pages: what waits, orders, refunds and reviews, goods, promotions, funds, and the shop itself."""

from datong.surfaces.workbench import care, imports, messages, orders, pages, promotions, publishing, shop

HANDLERS = [
    *pages.HANDLERS,
    *orders.HANDLERS,
    *promotions.HANDLERS,
    *care.HANDLERS,
    *publishing.HANDLERS,
    *imports.HANDLERS,
    *shop.HANDLERS,
    *messages.HANDLERS,
]

__all__ = ["HANDLERS"]
