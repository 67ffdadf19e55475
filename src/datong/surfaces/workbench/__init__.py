"""The merchants' pages: what waits, orders to ship, products with price and stock, funds."""

from datong.surfaces.workbench.pages import HANDLERS

__all__ = ["HANDLERS"]
