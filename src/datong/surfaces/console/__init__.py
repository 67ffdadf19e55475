"""The operators' console: how the platform is, shops that wait, facts that could not be delivered, campaigns, disputes, search."""

from datong.surfaces.console import disputes, pages, promotions, searching

HANDLERS = [*pages.HANDLERS, *promotions.HANDLERS, *disputes.HANDLERS, *searching.HANDLERS]

__all__ = ["HANDLERS"]
