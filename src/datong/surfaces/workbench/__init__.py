"""The merchants' pages: what waits, orders to ship, products with price and stock, promotions, funds."""

from datong.surfaces.workbench import pages, promotions

HANDLERS = [*pages.HANDLERS, *promotions.HANDLERS]

__all__ = ["HANDLERS"]
