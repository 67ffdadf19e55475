"""The merchants' pages: what waits, orders to ship, refunds and reviews, products with price and stock, promotions, funds."""

from datong.surfaces.workbench import care, pages, promotions

HANDLERS = [*pages.HANDLERS, *promotions.HANDLERS, *care.HANDLERS]

__all__ = ["HANDLERS"]
